import { describe, expect, it } from 'vitest'
import { type ReportContent, writeReportPage } from '../report.ts'

const CONTENT: ReportContent = {
  language: 'es',
  words: { title: 'Alguien hizo una consulta.', lines: [{ label: 'Quién', text: 'analyst, GT-MP-FECO' }] },
  origin: 'istmo.example/gateway',
  index: 7,
  size: 12,
  witnesses: [
    { name: 'GT', time: '2026-11-24T20:15:17.000Z' },
    { name: 'HN', time: null },
  ],
  isInQuorum: true,
  demandsWitnesses: true,
  bundles: [{ name: '7.tlog-proof', text: 'c2sp.org/tlog-proof@v1\n' }],
  rotations: [],
  policy: 'log istmo.example/gateway+…',
  raw: '{"kind":"request"}',
  madeAt: '2026-11-25T08:00:00.000Z',
  reader: '',
}

describe('the page of a report', () => {
  it('names each witness with its time, and each that has not signed', () => {
    const page = writeReportPage(CONTENT)
    expect(page).toContain('<th scope="row">GT</th><td>2026-11-24 20:15:17 UTC</td>')
    expect(page).toContain('<th scope="row">HN</th><td>no ha firmado este árbol</td>')
    expect(page).toContain('COMPROBADO.')
    expect(page).toContain('asiento 7 de istmo.example/gateway, en un árbol de tamaño 12')
  })

  it('says when witnesses are missing, and when the trust policy demands none', () => {
    expect(writeReportPage({ ...CONTENT, isInQuorum: false })).toContain('INCOMPLETO.')
    expect(writeReportPage({ ...CONTENT, demandsWitnesses: false })).toContain('COMPROBADO SIN TESTIGOS.')
    expect(writeReportPage({ ...CONTENT, language: 'en' })).toContain('<html lang="en">')
  })

  it('carries the proof as a file that can be saved', () => {
    const link = /download="7\.tlog-proof" href="data:text\/plain;base64,([^"]+)"/.exec(writeReportPage(CONTENT))?.[1]
    expect(Buffer.from(link ?? '', 'base64').toString()).toBe('c2sp.org/tlog-proof@v1\n')
  })

  it.each([
    ['a script', '<script>alert(1)</script>', '<script'],
    ['an end of its element', '</pre><img src=x onerror=alert(1)>', '<img'],
    ['an end of an attribute', '"><svg onload=alert(1)>', '<svg'],
    ['a mark that turns the order of letters round', 'GT\u202eFECO', '\u202e'],
  ])('shows %s in any value as text', (_, hostile, sign) => {
    const page = writeReportPage({
      ...CONTENT,
      words: { title: hostile, lines: [{ label: hostile, text: hostile }] },
      origin: hostile,
      witnesses: [{ name: hostile, time: null }],
      bundles: [{ name: hostile, text: hostile }],
      rotations: [{ name: hostile, text: hostile }],
      ...{ policy: hostile, raw: hostile, reader: hostile },
    })
    expect(page).not.toContain(sign)
  })

  it('loads nothing, and lets nothing run', () => {
    const page = writeReportPage(CONTENT)
    expect(page).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;/)
    expect(page).not.toMatch(/<script|<link|<img|https?:\/\//)
  })
})
