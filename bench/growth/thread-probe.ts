/**
 * Loaded with `--import` into a gateway and each of its threads. The planning thread writes how much memory it has, in bytes, to the file that stands
 * behind `?` in the address of this module, again and again.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { isMainThread, workerData } from 'node:worker_threads'

/** How often it writes, in milliseconds. */
const EVERY_MS = 200

const file = decodeURIComponent(new URL(import.meta.url).search.slice(1))

/** What a gateway gives to its planning thread, and to no other. */
const isPlanning =
  !isMainThread && typeof workerData === 'object' && workerData !== null && 'supergraphSdl' in workerData

if (isPlanning && file !== '') {
  const write = (): void => {
    const { total_physical_size, malloced_memory, external_memory } = getHeapStatistics()
    // Who reads the file must not see a part of it.
    writeFileSync(`${file}.new`, String(total_physical_size + malloced_memory + external_memory))
    renameSync(`${file}.new`, file)
  }
  write()
  setInterval(write, EVERY_MS).unref()
}
