import { inflateRawSync } from 'node:zlib'

/** The most bytes that one file of an archive may have. */
const MOST_BYTES = 256 * 1024 * 1024

const [END, ENTRY] = [0x06054b50, 0x02014b50]
const [STORED, DEFLATED] = [0, 8]

/**
 * Reads the files of a ZIP archive by its directory (APPNOTE 4.3). Archives of more than 4 GB are refused.
 * @returns the content by name.
 * @throws {TypeError} if the bytes are not an archive.
 */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, () => Uint8Array> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEnd(view)
  const files = new Map<string, () => Uint8Array>()
  let at = view.readUInt32LE(end + 16)
  for (let left = view.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > view.length || view.readUInt32LE(at) !== ENTRY) throw damaged('an entry of its directory is missing')
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    const name = view.toString('utf8', at + 46, at + 46 + nameLength)
    if (files.has(name)) throw damaged(`${name} is in it twice`)
    const entry = {
      method: view.readUInt16LE(at + 10),
      size: view.readUInt32LE(at + 20),
      start: view.readUInt32LE(at + 42),
    }
    files.set(name, () => readContent(view, name, entry))
    at += 46 + nameLength + extra + comment
  }
  return files
}

/** The directory's end is the last thing in the archive, before a comment of up to 64 kB. */
function findEnd(view: Buffer): number {
  for (let at = view.length - 22; at >= Math.max(0, view.length - 22 - 0xffff); at--) {
    if (view.readUInt32LE(at) === END) return at
  }
  throw damaged('its directory is missing')
}

function readContent(
  view: Buffer,
  name: string,
  { method, size, start }: { readonly method: number; readonly size: number; readonly start: number },
): Uint8Array {
  if (start + 30 > view.length) throw damaged(`${name} is behind its end`)
  const from = start + 30 + view.readUInt16LE(start + 26) + view.readUInt16LE(start + 28)
  if (from + size > view.length) throw damaged(`${name} is behind its end`)
  const content = view.subarray(from, from + size)
  if (method === STORED) return content
  if (method !== DEFLATED) throw damaged(`${name} is compressed in a way that is not known (${method})`)
  try {
    return inflateRawSync(content, { maxOutputLength: MOST_BYTES })
  } catch (error) {
    throw damaged(`${name}: ${(error as Error).message}`)
  }
}

function damaged(came: string): TypeError {
  return new TypeError(`expected an XLSX file (a ZIP archive); came one that is damaged: ${came}`)
}
