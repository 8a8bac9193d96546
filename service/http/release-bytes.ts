/**
 * Gives the memory of bytes back at once, if they have it for themselves and it is worth it. Otherwise it comes back with a collection of garbage, and V8
 * begins one of the old generation whenever such bytes have grown by some megabytes, whatever else there is to collect.
 * @param bytes nobody reads them any more: they have the length 0 from now on.
 */
export function releaseBytes({ buffer, byteLength }: Uint8Array): void {
  if (byteLength >= LEAST_BYTES && buffer.byteLength === byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** Fewer bytes may be those of the pool from which node takes short buffers, and come back soon. */
const LEAST_BYTES = 32_768
