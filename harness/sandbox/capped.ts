/** The output of a program: kept up to a limit, counted beyond it, and told of once it is a flood. */

export interface Cap {
  /** Bytes of output kept; what comes after is read, counted and thrown away. */
  readonly maxBytes: number;
  /** Told once, when more than so many bytes of output have come. */
  readonly flood?: { readonly bytes: number; readonly onFlood: () => void };
}

export function capped({ maxBytes, flood }: Cap) {
  const chunks: Buffer[] = [];
  let size = 0;
  let told = false;
  return {
    take(chunk: Buffer): void {
      if (size < maxBytes) chunks.push(chunk.subarray(0, maxBytes - size));
      size += chunk.length;
      if (told || flood === undefined || size <= flood.bytes) return;
      told = true;
      flood.onFlood();
    },
    kept: () => ({ output: Buffer.concat(chunks).toString("utf8"), cutBytes: Math.max(0, size - maxBytes) }),
  };
}
