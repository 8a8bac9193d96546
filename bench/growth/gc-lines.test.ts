import { describe, expect, it } from 'vitest'
import { isYoung, readCollections } from './gc-lines.ts'

const OUTPUT = `Istmo listens on http://127.0.0.1:4000/graphql
[28582:0x460ae000]       49 ms: Scavenge 4.9 (6.0) -> 4.5 (7.0) MB, pooled: 0 MB, 1.88 / 0.00 ms  (average mu = 1.000, current mu = 1.000) allocation failure; 
[28604:0x7f1110001000]      187 ms: Mark-Compact 23.0 (49.9) -> 10.5 (43.6) MB, pooled: 0 MB, 8.27 / 0.00 ms  (+ 6.5 ms in 19 steps since start of marking, biggest step 4.1 ms) (average mu = 0.924, current mu = 0.924) finalize incremental marking via stack guard; GC in old space requested
[28582:0x460ae000]     1049 ms: Scavenge (interleaved) 34.9 (46.0) -> 14.5 (47.0) MB, pooled: 0 MB, 12.50 / 0.00 ms  (average mu = 1.000, current mu = 1.000) task; 
{"level":"error"}
`

describe('what Node prints of its collections', () => {
  it('is read with heap, kind and time, whatever else is printed', () => {
    expect(readCollections(OUTPUT)).toEqual([
      { heap: '0x460ae000', kind: 'Scavenge', ms: 1.88 },
      { heap: '0x7f1110001000', kind: 'Mark-Compact', ms: 8.27 },
      { heap: '0x460ae000', kind: 'Scavenge (interleaved)', ms: 12.5 },
    ])
  })

  it('tells young collections from those of the whole heap', () => {
    expect(readCollections(OUTPUT).map(isYoung)).toEqual([true, false, true])
  })
})
