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
/** The tests' second browser: undefined where there is none, or none that can be driven. */
export function findFirefox(): Omit<Browser, 'args'> | undefined;
/** Never rejects: says why there is none. */
export function ensureFirefox(): Promise<void>;
