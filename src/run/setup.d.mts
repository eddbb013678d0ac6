export interface Browser {
  executablePath: string;
  version: string;
  args: string[];
}

/** A failure whose message is all that the user needs to see. */
export class SetupError extends Error {}

/** The project's folder. */
export const root: string;

export function checkNode(version?: string): void;
export function runMain(main: () => Promise<number | undefined>): Promise<void>;
/** True when it installed something. */
export function ensurePackages(): Promise<boolean>;
export function ensureBrowser(): Promise<Browser>;
/** Throws a SetupError when no browser on this machine starts. */
export function findBrowser(): Browser;
