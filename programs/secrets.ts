/**
 * Prints a new secret: 32 random bytes in base64, which Serf uses as a key for AES-256.
 *
 *     node programs/secrets.ts
 */
import { randomBytes } from "node:crypto";

console.log(randomBytes(32).toString("base64"));
