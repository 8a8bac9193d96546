import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFile } from './csv.ts'

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

async function read(bytes: Uint8Array, encoding: string | null, size = 3): Promise<string> {
  let text = ''
  for await (const piece of decodeFile(pieces(bytes, size), { path: 'f.csv', encoding })) text += piece
  return text
}

const utf16 = (text: string, isBig = false): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}

describe('decodeFile', () => {
  it('reads the same text from each encoding, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 9 }), async (text, size) => {
        const wellFormed = text.toWellFormed().replaceAll('\ufeff', '')
        expect(await read(Buffer.from(wellFormed), null, size)).toBe(wellFormed)
        expect(await read(utf16(wellFormed), null, size)).toBe(wellFormed)
        expect(await read(utf16(wellFormed, true), null, size)).toBe(wellFormed)
      }),
    )
  })

  it.each([
    ['windows-1252', Buffer.from([0x4e, 0xfa, 0xf1, 0x65, 0x7a, 0x80]), 'Núñez€'],
    ['iso-8859-15', Buffer.from([0xa4]), '€'],
    ['utf-8', Buffer.from('\ufeffNúñez'), 'Núñez'],
  ])('reads %s', async (encoding, bytes, text) => {
    expect(await read(bytes, encoding)).toBe(text)
  })

  it.each([
    ['utf-8', Buffer.from('a\nb\nJos\xe9\n', 'latin1'), /f\.csv: expected utf-8; line 3 has bytes .*windows-1252/],
    ['utf-8', utf16('a'), /begins with the mark of utf-16le. Write encoding: utf-16le/],
    ['utf-16le', Buffer.from([0x61]), /expected utf-16le; line 1/],
    ['utf-9', Buffer.from('a'), /expected an encoding such as utf-8, windows-1252/],
    [null, Buffer.from([0x61, 0x0a, 0xc3]), /expected utf-8; line 2/],
  ])('says what is wrong with bytes that are no %s', async (encoding, bytes, message) => {
    await expect(read(bytes, encoding, 64)).rejects.toThrow(message)
  })
})
