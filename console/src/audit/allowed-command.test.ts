import { describe, expect, it } from 'vitest'
import { writeAllowedCommand } from './allowed-command.ts'

const ID = '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f'

describe('writeAllowedCommand', () => {
  it('names the entry and the folder of its log', () => {
    expect(writeAllowedCommand(ID, 'istmo.example/gt')).toBe(`istmo audit was-allowed ${ID} --log gt`)
  })

  it('quotes what a shell would obey', () => {
    expect(writeAllowedCommand(ID, 'istmo.example/$(curl evil)')).toBe(
      `istmo audit was-allowed ${ID} --log '$(curl evil)'`,
    )
  })

  it.each([
    ['an id with a command behind it', `${ID}; rm -rf ~`, 'istmo.example/gt'],
    ['an id that is a flag', '--key-file', 'istmo.example/gt'],
    ['a log that is a flag', ID, 'istmo.example/--output'],
    ['a log with a line break', ID, 'istmo.example/gt\nid'],
    ['a log whose letters run the other way', ID, 'istmo.example/gt\u202efdp'],
    ['a log without a name', ID, 'istmo.example/'],
  ])('writes nothing for %s', (_, id, log) => {
    expect(writeAllowedCommand(id, log)).toBeNull()
  })
})
