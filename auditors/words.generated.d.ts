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
  'report.title': never
  'report.intro': never
  'report.happened': never
  'report.verdict': never
  'report.inQuorum': never
  'report.notInQuorum': never
  'report.noWitnesses': never
  'report.witnesses': never
  'report.witness': never
  'report.witnessedAt': never
  'report.silent': never
  'report.proves': never
  'report.provesThat.step1': never
  'report.provesThat.step2': never
  'report.provesThat.step3': never
  'report.provesNot': never
  'report.doesNotProve.step1': never
  'report.doesNotProve.step2': never
  'report.doesNotProve.step3': never
  'report.doesNotProve.step4': never
  'report.verify': never
  'report.howToVerify.step1': never
  'report.howToVerify.step2': never
  'report.howToVerify.step3': never
  'report.save': never
  'report.policy': never
  'report.policyNote': never
  'report.raw': never
  'report.place': 'index' | 'origin' | 'size'
  'report.bundle': never
  'report.part': 'part'
  'report.rotation': 'number'
  'report.madeBy': 'reader' | 'time'
  'report.made': 'time'
  'class.GATEWAY_ONLY': never
  'class.COUNTRY_ONLY': never
  'class.FIELDS_DIFFER': never
  'class.OUTCOME_DIFFERS': never
  'class.RECEIPT_REUSED': never
  'class.RECORDS_DIFFER': never
  'class.TOKEN_UNKNOWN': never
  'class.TOKEN_MISUSED': never
  'class.EXCHANGE_UNFOUNDED': never
  'class.QUESTION_UNLOGGED': never
  'class.QUESTION_UNASKED': never
  'class.QUESTION_DIFFERS': never
  'class.EVIDENCE_DIFFERS': never
  'class.JOURNAL_INVALID': never
  'class.RECEIPT_MISSING': never
  'class.ANSWER_LOST': never
  'class.ANSWER_UNUSED': never
  'class.RETRIED': never
  'class.ABANDONED': never
  'class.TIME_DIFFERS': never
  'class.CLOCK_WRONG': never
  'class.INTERRUPTED': never
  'class.AFTER_END': never
  'class.OVERDUE': never
  'class.INCOMPLETE': never
  'class.UNPROVEN': never
  'class.UNREADABLE': never
  'class.UNWITNESSED': never
  'class.TOKEN_AFTER_END': never
  'class.REVOKED_IN_USE': never
  'class.QUESTION_AFTER_END': never
  'class.SEVERAL_OFFICERS': never
  'class.UNANSWERED': never
  'class.OUTAGE': never
  'class.REFUSED_EARLY': never
  'class.BEFORE_LOG': never
  'class.IN_FLIGHT': never
  'class.DOCUMENT_BROUGHT': never
  'class.TOKEN_UNUSED': never
  'class.QUESTION_UNANSWERED': never
  'class.JOURNAL_TORN': never
  'class.OTHER_TOOL': never
  'class.AWAITS_WITNESSES': never
}
