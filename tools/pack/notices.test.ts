import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { formatNotices, readNotice } from './notices.ts'

it('the notices contain each package’s name, version, licence and licence text', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-notices-'))
  try {
    await writeFile(join(folder, 'package.json'), '{"name":"b","version":"1.2.3","license":"MIT"}')
    await writeFile(join(folder, 'LICENSE.txt'), 'Permission is granted.\n')
    await writeFile(join(folder, 'NOTICE'), 'Made by B.\n')
    await writeFile(join(folder, 'index.js'), 'no licence')
    const without = { name: 'a', version: '2.0.0', licence: 'ISC', texts: [] }
    const text = formatNotices('@istmo/node', [await readNotice(folder), without])
    expect(text).toContain('a 2.0.0: ISC\nb 1.2.3: MIT\n')
    expect(text).toMatch(/a 2\.0\.0\n-+\n\nThe package has no licence file\. Its package\.json says: ISC\.\n/)
    expect(text).toMatch(/b 1\.2\.3\n-+\n\nPermission is granted\.\n\nMade by B\.\n/)
    expect(text).not.toContain('no licence\n')
  } finally {
    await rm(folder, { recursive: true })
  }
})
