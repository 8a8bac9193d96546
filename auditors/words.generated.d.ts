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
  holdsNot: never
  remark: 'note'
  'check.entry': 'index' | 'origin' | 'size'
  'check.witnessedBy': 'name' | 'time'
  'check.holds': never
  'check.ownerOnly': never
  'check.inLog': never
  'check.all': 'cover' | 'entries'
  'check.holdsAll': 'all'
  'check.perhapsMissing': 'all' | 'reasons'
  'check.noStatement': 'path'
  'check.isExtract': 'path'
  'check.noCounts': 'path'
  'check.from': 'time'
  'check.until': 'time'
  'check.noPart': 'country'
  'check.parts': 'country' | 'first' | 'last'
  'check.countedAt': 'time'
  'check.noneCounted': 'time'
  'check.countedTo': 'counted' | 'time'
  'check.old': 'withheld'
  'checkFile.finding': 'came' | 'expected' | 'where'
  'checkFile.holds': never
  'checkFile.notAsked': 'digest'
  'checkFile.isOlder': never
  'checkFile.entry': 'format' | 'id' | 'mandate' | 'officer' | 'rows' | 'time'
  'checkFile.request': 'gateway' | 'request'
  'missing.entry': 'log' | 'size' | 'wanted'
  'missing.legs': 'named' | 'rest'
  'missing.more': 'number'
  epochs: 'epoch' | 'refs' | 'since' | 'until'
  'whoSaw.notOfCountry': 'log'
  'whoSaw.ofOther': 'country' | 'log' | 'owner' | 'record'
  'whoSaw.otherKeys': 'epoch' | 'log'
  'whoSaw.deleted': 'record' | 'time'
  'whoSaw.pruned': 'prunings'
  'whoSaw.nobody': 'range' | 'record'
  'whoSaw.from': 'time'
  'whoSaw.until': 'time'
  'whoSaw.unreadNobody': 'record' | 'skipped'
  'whoSaw.unreadOthers': 'record' | 'skipped'
  'whoSaw.changedNobody': 'record' | 'unnamed'
  'whoSaw.changedOthers': 'record' | 'unnamed'
  'whoSaw.hits': 'count'
  'whoSaw.unknown': never
  'whoSaw.request': 'id'
  'erase.noSalt': 'id'
  'erase.before': 'id'
  'erase.erased': 'id' | 'reason'
  'erase.noneInStore': 'number'
  'erase.noLeg': 'record'
  'erase.legs': 'before' | 'erased' | 'legs' | 'reason' | 'record'
  'erase.remains': never
  'prune.nothing': 'before'
  'prune.except': 'held'
  'prune.gone': 'bundles' | 'except' | 'index' | 'salts' | 'texts'
  'prune.dry': 'before' | 'held' | 'index'
  'prune.missing': 'id'
  'export.entries': 'count' | 'missing' | 'out'
  'export.events': 'count' | 'missing' | 'out'
  'export.missing': 'number'
  'index.read': 'log' | 'read' | 'size'
  'index.known': 'known' | 'log' | 'size'
  'index.holds': never
  'index.fails': 'count' | 'end'
  'index.repaired': 'number'
  'index.repair': never
  'index.unreadable': 'count' | 'log' | 'more' | 'named'
  'index.more': 'number'
  'search.knows': 'log' | 'size'
  'search.notFollowed': 'log'
  'search.aLog': never
  'search.stranger': 'log'
  'search.notCosigned': 'log'
  'search.unread': 'unreadable'
  'search.none': never
  'search.more': never
  'search.noValue': never
  'search.noAgency': never
  'search.nobody': 'threshold'
  'search.pruned': 'before' | 'prunings'
  'search.limit': never
  'search.couldNotTell': 'reason'
  'search.untried': 'all' | 'past'
  'search.unexplained': 'number'
  'search.undecided': 'number'
  'search.moved': 'count' | 'named'
  'search.returned': 'count' | 'named'
  'search.misspelt': 'unknown'
  'search.code': 'code'
  'search.field': 'coordinate' | 'flag'
  'allowed.head': 'fields' | 'id' | 'kind' | 'legs' | 'time'
  'allowed.document': 'document'
  'allowed.noRules': 'where'
  'allowed.rulesOf': 'country' | 'where'
  'allowed.notInForce': 'access' | 'since'
  'allowed.scope': 'scope' | 'where'
  'allowed.mandate': 'country'
  'allowed.rejected': 'came' | 'code' | 'country'
  'allowed.notLogged': 'where'
  'allowed.denied': 'where'
  'allowed.requested': 'denial' | 'where'
  'allowed.end.HOLDS': never
  'allowed.end.FAILS': never
  'allowed.end.UNTOLD': never
  'allowed.end.UNSURE': never
}
