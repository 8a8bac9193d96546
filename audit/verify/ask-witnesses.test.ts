import { expect, it } from 'vitest'
import { newSigner } from '../log/testing.ts'
import { parsePolicy } from '../note/policy.ts'
import { askWitnesses } from './judge-witnesses.ts'

it('says in words why a witness could not be asked', async () => {
  const [log, witness] = [newSigner('istmo.example/gateway'), newSigner('witness.example/gt', 'cosignature')]
  const policy = parsePolicy(
    `log ${log.verifier.vkey}\nwitness GT ${witness.verifier.vkey} http://127.0.0.1:1/\nquorum GT\n`,
  )
  expect(await askWitnesses(policy, log.verifier.name)).toMatchObject([
    {
      kind: 'UNREACHABLE',
      why: expect.stringMatching(/^127\.0\.0\.1:1: expected to connect; .*: nothing listens there/),
    },
  ])
})
