// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  couldNotTell: 'reason'
  damaged: 'reason'
  'verify.policy': 'path' | 'sha256'
  'verify.notLookedAt': 'name'
  'verify.evidence': 'path'
  'verify.olderCopy': never
  'verify.wrongTimes': never
  'verify.oneLog': never
  'verify.ownerOnly': never
  'verify.findings': 'count'
  'verify.doubts': 'count'
  'verify.mistimed': 'count'
  'verify.point': 'size'
  'verify.treeOnly': never
  'verify.fails': 'findings'
  'verify.whenUnwitnessed': 'mistimed' | 'ownerOnly'
  'verify.when': 'mistimed'
  'verify.whenUpTo': 'mistimed'
  'verify.untold': 'doubts'
  'verify.heldUnwitnessed': 'ownerOnly' | 'point' | 'where'
  'verify.held': 'point' | 'where'
  'verify.holdsUnwitnessed': 'ownerOnly' | 'where'
  'verify.holds': 'where'
  'verify.holdsUpTo': 'where'
  'verify.noCheckpoint': never
  'verify.size': 'root' | 'size'
  'verify.noQuorum': never
  'verify.witnessed': 'size' | 'time'
  'verify.noWitnesses': never
  'verify.notRead': never
  'verify.note': 'finding'
  'verify.further': 'number'
  'verify.alike': 'number'
  'verify.noCosignature': never
  'verify.cosigned': 'size' | 'time'
  'verify.witness': 'asked' | 'last' | 'name'
  'verify.asked.SERVED': never
  'verify.asked.NONE': never
  'verify.asked.UNREACHABLE': never
  'verify.asked.NOT_ASKED': never
}
