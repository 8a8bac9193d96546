import { describe, expect, it } from 'vitest'
import {
  cosignatureTime,
  generateSignerKey,
  NoteError,
  parseSignerKey,
  parseVerifierKey,
  SIGNATURE_TYPES,
} from './key.ts'
import { addSignatures, formatNote, openNote, parseNote, parseSignatureLine, signNote, signText } from './note.ts'

// The example of the Go module golang.org/x/mod/sumdb/note, which introduced the format.
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const PETER_PRIVATE = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const PETER_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
const ENOCH_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n'

// A checkpoint of a public log with the cosignatures of public witnesses.
const PUBLIC_LOG = 'arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f'
const PUBLIC_WITNESS = 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2'
const PUBLIC_CHECKPOINT = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
`

describe('published notes', () => {
  it.each([
    ['golang.org/x/mod', PETER, `${TEXT}\n${PETER_LINE}`],
    ['golang.org/x/mod, two signatures', ENOCH, `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`],
    [
      'C2SP signed-note',
      'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
    ],
    ['a public log', PUBLIC_LOG, PUBLIC_CHECKPOINT],
    ['a public witness', PUBLIC_WITNESS, PUBLIC_CHECKPOINT],
  ])('of %s are valid', (_, vkey, note) => {
    const verifier = parseVerifierKey(vkey)
    expect(verifier.vkey).toBe(vkey)
    expect(openNote(note, [verifier]).verified.map((by) => by.verifier)).toEqual([verifier])
    expect(() => openNote(note.replace(/^./, 'X'), [verifier])).toThrow(`a signature of ${verifier.name} is not valid`)
  })

  it('can be reproduced byte for byte', () => {
    const signer = parseSignerKey(PETER_PRIVATE)
    expect(signer.verifier.vkey).toBe(PETER)
    expect(signNote(TEXT, [signer])).toBe(`${TEXT}\n${PETER_LINE}`)
  })

  it('have cosignatures with a time', () => {
    const { verified } = openNote(PUBLIC_CHECKPOINT, [parseVerifierKey(PUBLIC_WITNESS)])
    const time = cosignatureTime(verified[0]?.signature ?? new Uint8Array())
    expect(new Date((time ?? 0) * 1000).toISOString()).toBe('2026-05-23T21:50:24.000Z')
  })
})

describe('a key', () => {
  it('is rejected if one character is different or missing', () => {
    for (const [key, parse] of [
      [PETER, parseVerifierKey],
      [PETER_PRIVATE, parseSignerKey],
    ] as const) {
      for (let at = 0; at < key.length; at++) {
        const next = String.fromCharCode(key.charCodeAt(at) + 1)
        expect(() => parse(key.slice(0, at) + next + key.slice(at + 1))).toThrow(NoteError)
        expect(() => parse(key.slice(0, at))).toThrow(NoteError)
        if (at > 0) expect(() => parse(key.slice(at))).toThrow(NoteError)
      }
    }
  })

  it.each([
    ['a key that is too long', 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='],
    ['an unknown type', 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['upper-case digits', PETER.replace('c74f20a3', 'C74F20A3')],
    ['a space in the name', PETER.replace('PeterNeumann', 'Peter Neumann')],
  ])('is rejected with %s', (_, key) => expect(() => parseVerifierKey(key)).toThrow(NoteError))

  it('that found a signature valid says nothing of another text, another signature or another key of the name', () => {
    const [own, other] = [1, 2].map(() =>
      parseSignerKey(generateSignerKey('istmo.example/own', SIGNATURE_TYPES.ed25519)),
    )
    if (own === undefined || other === undefined) throw new Error('expected two keys')
    const signature = own.sign(TEXT)
    const altered = signature.with(0, (signature[0] ?? 0) ^ 1)
    for (const _ of ['verified', 'remembered']) {
      expect(own.verifier.verify(TEXT, signature)).toBe(true)
      expect(own.verifier.verify(`${TEXT}\n`, signature)).toBe(false)
      expect(own.verifier.verify(TEXT, altered)).toBe(false)
      expect(own.verifier.verify(TEXT, signature.subarray(1))).toBe(false)
      expect(other.verifier.verify(TEXT, signature)).toBe(false)
    }
  })

  it('is different each time it is generated, for a log or a witness', () => {
    const [one, other] = [generateSignerKey('log.example', 1), generateSignerKey('log.example', 1)]
    expect(one).not.toBe(other)
    const signer = parseSignerKey(generateSignerKey('w.example', SIGNATURE_TYPES.cosignature), () => 1_679_315_147_999)
    const note = signNote('example.com/log\n1\nAAAA\n', [signer])
    const { verified } = openNote(note, [parseVerifierKey(signer.verifier.vkey)])
    expect(cosignatureTime(verified[0]?.signature ?? new Uint8Array())).toBe(1_679_315_147)
    expect(() => generateSignerKey('two words', 1)).toThrow(NoteError)
  })
})

describe('a note', () => {
  it('keeps signatures of unknown keys, but does not count them', () => {
    const note = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`
    const { unknown } = openNote(note, [parseVerifierKey(PETER)])
    expect(unknown.map(({ name }) => name)).toEqual(['EnochRoot'])
    expect(() => openNote(note, [])).toThrow('no signature is from a known key')
    // The same name with a different id is a different key.
    const other = parseSignerKey(generateSignerKey('PeterNeumann', 1)).verifier
    expect(() => openNote(note, [other])).toThrow('no signature is from a known key')
  })

  it('has one signature of each key however often that key signs, the last one, and can be read again', () => {
    let seconds = 1_700_000_000
    const keys = Array.from({ length: 150 }, (_, at) => {
      return parseSignerKey(
        generateSignerKey(`witness-${at}.example`, SIGNATURE_TYPES.cosignature),
        () => seconds * 1_000,
      )
    })
    const text = 'example.com/log\n1\nAAAA\n'
    const [first, ...others] = keys
    let note = signNote(text, [first as (typeof keys)[0]])
    for (const by of [others.slice(0, 2), others, keys]) {
      seconds += 60
      note = addSignatures(
        note,
        by.map((key) => signText(text, key)),
      )
    }
    const { verified } = openNote(
      note,
      keys.map(({ verifier }) => verifier),
    )
    expect(verified.map(({ verifier }) => verifier)).toEqual(keys.map(({ verifier }) => verifier))
    expect(new Set(verified.map(({ signature }) => cosignatureTime(signature)))).toEqual(new Set([seconds]))
    expect(parseNote(note).signatures).toHaveLength(150)
  })

  it('is not written if it could not be read: with too many signatures, or too long', () => {
    const line = parseSignatureLine(PETER_LINE.trim())
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ ...line, name: `key-${at}` }))
    expect(parseNote(formatNote({ text: TEXT, signatures: many(512) })).signatures).toHaveLength(512)
    expect(() => formatNote({ text: TEXT, signatures: many(513) })).toThrow('at most 512 signatures; 513 came')
    expect(() => addSignatures(`${TEXT}\n${PETER_LINE}`, many(512))).toThrow(NoteError)
    expect(() => formatNote({ text: `${'a'.repeat(1_000_000)}\n`, signatures: [line] })).toThrow(
      'at most 1000000 bytes',
    )
  })

  it('accepts further signatures, each once', () => {
    const [one, two] = [parseSignatureLine(PETER_LINE.trim()), parseSignatureLine(ENOCH_LINE.trim())]
    const note = `${TEXT}\n${PETER_LINE}`
    expect(addSignatures(note, [two, one, two])).toBe(`${TEXT}\n${PETER_LINE}${ENOCH_LINE}`)
    expect(signText(TEXT, parseSignerKey(PETER_PRIVATE))).toEqual(one)
  })

  it.each([
    ['no signature', `${TEXT}\n`],
    ['no empty line', `${TEXT}${PETER_LINE}`],
    ['no newline at its end', `${TEXT}\n${PETER_LINE.trim()}`],
    ['a carriage return', `${TEXT}\r\n\n${PETER_LINE}`],
    ['a tab', `a\tb\n\n${PETER_LINE}`],
    ['a hyphen instead of the dash', `${TEXT}\n${PETER_LINE.replace('—', '-')}`],
    ['two spaces', `${TEXT}\n${PETER_LINE.replace('— ', '—  ')}`],
    ['Base 64 without padding', `${TEXT}\n${PETER_LINE.replace('=', '')}`],
    ['Base 64 with unused bits that are not zero', `${TEXT}\n${PETER_LINE.replace('AM=', 'AN=')}`],
    ['a signature of no bytes', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['too many signatures', `${TEXT}\n${PETER_LINE.repeat(513)}`],
    ['half a character', `${TEXT}\ud800\n\n${PETER_LINE}`],
  ])('is rejected with %s', (_, note) => expect(() => parseNote(note)).toThrow(NoteError))

  it('is rejected if its bytes are not UTF-8', () => {
    expect(() => parseNote(Buffer.from([0xff, 10, 10]))).toThrow('a note is UTF-8')
    expect(parseNote(Buffer.from(`${TEXT}\n${PETER_LINE}`)).text).toBe(TEXT)
  })
})
