import { statfs } from 'node:fs/promises'

/** The share of a disk that must be free for the gateway to call itself ready (docs/design/audit-log.md, Durable before release). */
export const MIN_FREE_SHARE = 0.05

/** How much of the disk under a folder is free for whoever is not root, from 0 to 1. Rejects where the folder is not there. */
export async function freeShare(folder: string): Promise<number> {
  const { bavail, blocks } = await statfs(folder)
  return blocks === 0 ? 1 : bavail / blocks
}

/** Whether a folder's disk has room: at least `share` of it is free. */
export async function hasRoom(folder: string, share: number = MIN_FREE_SHARE): Promise<boolean> {
  return (await freeShare(folder)) >= share
}
