import { describe, expect, it } from 'vitest'
import { describeLoad } from './processes.ts'

describe('after a child was too slow to start, the demo says', () => {
  it('that the machine is busy, with how much', () => {
    expect(describeLoad(9.04, 2)).toBe(
      'This machine is busy: 9.0 programs want its 2 processors. End some. Start it again: the countries that were filled stay filled, so the next start is shorter',
    )
  })

  it('only that it may be slow, if nothing else runs or nobody knows', () => {
    expect(describeLoad(0, 2)).toMatch(/^If this machine is slow, that was too short\. Start it again/)
    expect(describeLoad(2, 2)).not.toContain('busy')
  })
})
