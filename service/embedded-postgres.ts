/**
 * Parameters for the embedded PostgreSQL (PGlite), after its own: 32 MiB of buffers instead of 128. PostgreSQL writes to each buffer when it starts, so
 * they cost time and memory from the beginning, and the operating system keeps the files of a small database in memory anyway.
 */
export const EMBEDDED_PARAMETERS: readonly string[] = ['-c', 'shared_buffers=32MB']
