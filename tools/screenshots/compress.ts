/** The most bytes of a picture. A page with five of them still loads on a slow link. */
export const MOST_BYTES = 80_000

/** From the best to the worst that can still be read. */
const QUALITIES = [90, 80, 70, 60, 50, 40] as const

/** What takes a picture of a page: a session of the browser's protocol. */
export interface Camera {
  send(
    method: 'Page.captureScreenshot',
    params: { readonly format: 'webp'; readonly quality: number },
  ): Promise<{ readonly data: string }>
}

/**
 * Takes a picture as WebP, at the best quality at which it is small enough.
 * @throws {Error} if it is too large at any quality.
 */
export async function compress(camera: Camera): Promise<Buffer> {
  let size = 0
  for (const quality of QUALITIES) {
    const { data } = await camera.send('Page.captureScreenshot', { format: 'webp', quality })
    const picture = Buffer.from(data, 'base64')
    if (picture.length <= MOST_BYTES) return picture
    size = picture.length
  }
  throw new Error(`expected at most ${MOST_BYTES} bytes; came ${size} at the lowest quality: show less in one picture`)
}
