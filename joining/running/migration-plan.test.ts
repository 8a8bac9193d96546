import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listWholeTables, readPurpose } from './upgrade-command.ts'

const FOLDER = join(import.meta.dirname, '../../subgraphs')

describe('the plan of a migration', () => {
  it.each([
    ['create index on cases.case_file (changed_at);', ['cases.case_file']],
    ['create unique index if not exists one on only a.b (c);', ['a.b']],
    ['alter table a.b add column c text;', []],
    ['alter table a.b add column c text generated always as (d) stored;', ['a.b']],
    ['alter table a.b alter column c set not null;', ['a.b']],
    ['update a.b set c = d;', ['a.b']],
    ['insert into a.b select c from d.e where true;', ['d.e']],
    ['-- update a.b set c = d;\nselect 1;', []],
    ['create table a.b (c text);', []],
  ])('%j goes through %j', (sql, tables) => expect(listWholeTables(sql)).toEqual(tables))

  it('has a purpose for each migration that there is', async () => {
    for (const domain of ['kit', 'cases', 'persons', 'legal']) {
      const folder = join(FOLDER, domain, 'migrations')
      for (const name of await readdir(folder))
        expect([name, readPurpose(await readFile(join(folder, name), 'utf8')).length > 10]).toEqual([name, true])
    }
  })

  it('names the table that a migration of ours rewrites', async () => {
    const sql = await readFile(join(FOLDER, 'cases/migrations/004-changed-at.sql'), 'utf8')
    expect(listWholeTables(sql)).toContain('cases.case_file')
    expect(readPurpose(sql)).toBe(
      "When a case changed last in the country's own records: `CaseFilter.recordedSince` compares it.",
    )
  })
})
