import { describe, expect, it } from 'vitest'
import { readAnswer, readDay, readPersonName } from './decisions.ts'

const NOW = Date.parse('2026-11-27T12:00:00Z')

it.each([
  ['yes', 'yes'],
  [' SÍ ', 'yes'],
  ['si', 'yes'],
  ['X', 'yes'],
  ['no', 'no'],
  ['NO.', 'no'],
  ['', 'undecided'],
  ['   ', 'undecided'],
  ['\u200b\u00a0', 'undecided'],
  ['maybe', null],
  ['yes?no', null],
])('reads %j in a cell for yes and no as %s', (cell, answer) => {
  expect(readAnswer(cell)).toBe(answer)
})

describe('the name of a person', () => {
  it.each(['Ana López', 'J. R. Núñez', "María D'Ávila", 'Zoë', 'Müller-Paz, Karl', '陳大文'])('takes %s', (name) => {
    expect(readPersonName(` ${name} `)).toBe(name)
  })

  it.each([
    '',
    ' ',
    '\u200b',
    '\u3164',
    '\u2800\u00a0',
    '-',
    '...',
    'x',
    '12',
    '?',
    'n/a',
    'NN',
    'Sistema',
    'auto',
    'ISTMO',
    'null',
    'root',
    '=HYPERLINK("http://x")',
    '+Ana',
    '-Ana',
    '@Ana',
    "'Ana",
    '=Ana López',
    'Ana\u0000López=1',
    'a'.repeat(121),
    'Ana <a@b>',
    '2026-11-27',
  ])('refuses %j', (cell) => {
    expect(readPersonName(cell)).toBeNull()
  })

  it('takes away what nobody sees, so that a name is written in one way', () => {
    expect(readPersonName('Ana\u200b  Lo\u0301pez')).toBe('Ana López')
  })
})

it.each([
  ['2026-11-27', '2026-11-27'],
  ['2026-11-28', '2026-11-28'],
  ['2026-11-29', null],
  ['2026-02-30', null],
  ['27/11/2026', null],
  ['2026-11-27T00:00', null],
  ['', null],
])('reads the day %j as %s', (cell, day) => {
  expect(readDay(cell, NOW)).toBe(day)
})
