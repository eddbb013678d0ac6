#!/usr/bin/env node
// Starts the installed Firefox for Playwright and stands between the two. Playwright speaks WebDriver BiDi
// with it and, for every window, asks for a command that came after Firefox 153 (emulated media features);
// that one is answered here. Everything else passes as it is. To be dropped once the extended support
// release knows the command.
import { spawn } from 'node:child_process';
import { WebSocket, WebSocketServer } from 'ws';

const UNKNOWN = 'emulation.setMediaFeaturesOverride';
const LISTENS = /WebDriver BiDi listening on (ws:\S+)/;
const limits = { maxPayload: 2 ** 28 };

const firefox = spawn(process.env.FIREFOX_PATH ?? 'firefox', process.argv.slice(2), { stdio: ['ignore', 'inherit', 'pipe'] });
firefox.on('error', (e) => {
  console.error(e.message);
  process.exit(1);
});
firefox.on('exit', (code) => process.exit(code ?? 1));

let said = '';
firefox.stderr.on('data', (data) => {
  said += data;
  const url = LISTENS.exec(said)?.[1];
  process.stderr.write(String(data).replace(LISTENS, 'Firefox listens on $1'));
  if (!url) return;
  said = '';
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...limits });
  server.on('listening', () => console.error(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}`));
  server.on('connection', (near, request) => {
    const far = new WebSocket(url + request.url, limits);
    const isOpen = new Promise((done) => far.once('open', done));
    near.on('message', async (data) => {
      await isOpen;
      const { id, method } = JSON.parse(data);
      if (method === UNKNOWN) near.send(JSON.stringify({ type: 'success', id, result: {} }));
      else far.send(String(data));
    });
    far.on('message', (data) => near.send(String(data)));
    far.on('close', () => near.close());
    near.on('close', () => far.close());
  });
});
