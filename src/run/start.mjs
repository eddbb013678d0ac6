// `npm start`: gets the packages, builds the deck and serves the build; with --dev, serves the sources live.
import { join } from 'node:path';
import * as util from 'node:util';
import { checkNode, ensurePackages, root, runMain, SetupError } from './setup.mjs';

const USAGE = 'usage: npm start -- [--port N] [--host] [--open] [--dev]';
const DEFAULT_PORT = 4173;

function readOptions() {
  const { values } = util.parseArgs({
    options: {
      port: { type: 'string' },
      host: { type: 'boolean', default: false },
      open: { type: 'boolean', default: false },
      dev: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new TypeError(`--port wants a number from 1 to 65535, not "${values.port}"`);
  return { ...values, port };
}

const text = (error) => (error instanceof Error ? error.message : String(error));

async function serve({ port, host, open, dev }) {
  await ensurePackages();
  // Relative paths in the configuration count from the project's folder, wherever this was started.
  process.chdir(root);
  const { build, createServer, preview } = await import('vite');
  const common = { configFile: join(root, 'vite.config.ts'), clearScreen: false };
  const listen = {
    port: port ?? DEFAULT_PORT,
    strictPort: port !== undefined,
    host: host ? true : '127.0.0.1',
    open,
  };

  if (!dev)
    try {
      await build({ ...common, logLevel: 'warn' });
    } catch (error) {
      throw new SetupError(`start: the build failed\n${text(error)}`);
    }

  let server;
  try {
    if (dev) {
      server = await createServer({ ...common, server: listen });
      await server.listen();
    } else server = await preview({ ...common, logLevel: 'warn', preview: listen });
  } catch (error) {
    await server?.close();
    if (/already in use|EADDRINUSE/.test(String(error)))
      throw new SetupError(
        `start: port ${listen.port} is in use; give another with --port, or none to take a free one`,
      );
    if (/EACCES/.test(String(error)))
      throw new SetupError(`start: port ${listen.port} is not allowed; give one above 1023`);
    throw new SetupError(`start: the server did not start\n${text(error)}`);
  }

  const { local = [], network = [] } = server.resolvedUrls ?? {};
  console.log(
    `Dented, not erased: ${[...local, ...network].join('  ')}  (speaker view: press S; stop: Ctrl+C)`,
  );
  const stop = () => void server.close().finally(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

let options;
try {
  checkNode();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
try {
  options = readOptions();
} catch (error) {
  console.error(`start: ${error.message.split('. To specify')[0]}\n${USAGE}`);
  process.exit(2);
}
if (options.help) console.log(USAGE);
else await runMain(() => serve(options));
