// The hash of a shipped checkpoint. By a library, as crypto.subtle is missing where a page is served
// over plain http from another machine.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));
