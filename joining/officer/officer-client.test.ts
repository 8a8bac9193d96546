import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../service/command-line.ts'
import { UsageError } from '../../service/usage-error.ts'
import { createJournal, OFFICER_OPTIONS, readLoginType } from './officer-client.ts'

const SPEC = { name: 'istmo ask', description: '', options: OFFICER_OPTIONS } as const
const GIVEN = ['--config', 'ask.yaml', '--login', 'login']

describe('an officer’s command', () => {
  it('takes each country that may be asked', () => {
    const line = parseCommandLine(SPEC, [...GIVEN, '--country', 'GT', '--country', 'HN'])
    expect(line.countries).toEqual(['GT', 'HN'])
    expect(parseCommandLine(SPEC, GIVEN).countries).toEqual([])
  })

  it.each(['Honduras', 'hn', 'XX'])('rejects the country %s before a question is signed', (country) => {
    expect(() => parseCommandLine(SPEC, [...GIVEN, '--country', 'GT', '--country', country])).toThrow(
      `--country: expected a country code such as GT; came "${country}"`,
    )
  })

  it('takes a login for the token that its header says, so that nobody must know it', () => {
    const token = (header: object) => `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.x`
    const typs = [{ typ: 'at+jwt' }, { typ: 'application/at+jwt' }, { typ: 'JWT' }, {}]
    expect(typs.map((typ) => readLoginType(token(typ)))).toEqual([
      'access_token',
      'access_token',
      'id_token',
      'id_token',
    ])
    expect(['', 'no token', 'bnVsbA.x.y'].map(readLoginType)).toEqual(['id_token', 'id_token', 'id_token'])
  })

  it('names the option of a journal that cannot be written', async () => {
    const writing = Promise.resolve(createJournal('/dev/null/questions.jsonl')({} as never))
    await expect(writing).rejects.toThrow(
      new UsageError(
        '--journal: expected a file that can be written; /dev/null/questions.jsonl: a part of the path is a file, and not a folder (ENOTDIR)',
      ),
    )
  })
})
