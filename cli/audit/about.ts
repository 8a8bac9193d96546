/**
 * How `istmo audit --help` lists its commands, in its order. It is apart from the commands, because each of them loads its modules only when it runs:
 * those of all together take most of a second.
 */
export const ABOUT = {
  makePolicy: {
    name: 'make-policy',
    description: 'make your own trust policy, from keys as their owners publish them',
  },
  verify: {
    name: 'verify',
    description: 'rebuild logs from their files, check each checkpoint and entry, and ask their witnesses',
  },
  prove: { name: 'prove', description: 'write a bundle that proves one entry without the log' },
  check: {
    name: 'check',
    description: 'check a file of `prove` or files of `export`; this needs only the trust policy',
  },
  checkFile: {
    name: 'check-file',
    description: 'check a file that the console exported against the entry of its export',
  },
  checkReport: {
    name: 'check-report',
    description: 'count a report for a parliament, which the console made, again out of the gateways’ logs',
  },
  checkPage: {
    name: 'check-page',
    description: 'write the page on which people without a shell check proofs, in a browser without a network',
  },
  report: {
    name: 'report',
    description: 'write a report on one entry for people without a shell, as HTML or PDF, in Spanish or English',
  },
  checkSplit: {
    name: 'check-split',
    description: 'check whether checkpoints contradict each other; this needs only the trust policy',
  },
  index: { name: 'index', description: 'update the search index to a log’s checkpoint, or compare it with the log' },
  search: { name: 'search', description: 'search for entries, newest first; exit code 1 if there are none' },
  whoSaw: {
    name: 'who-saw',
    description: 'find who received a record, in the log of the record’s country; exit code 1 if nobody did',
  },
  wasAllowed: { name: 'was-allowed', description: 'decide an entry again, by the rules and policies of its time' },
  document: {
    name: 'document',
    description: 'print the document of an operation, without its values, as it is kept beside the log',
  },
  derive: {
    name: 'derive',
    description: 'plan the questions of a tool’s journal again, and say whether each leg in the logs follows from them',
  },
  reconcile: {
    name: 'reconcile',
    description: 'compare a gateway’s log with a country’s, leg by leg, and with those of authorities and tools',
  },
  daily: {
    name: 'daily',
    description: 'verify the own log and compare it with those of others, from a timer, and make a report',
  },
  export: { name: 'export', description: 'write entries for a country, with their proofs, or as OCSF events' },
  erase: {
    name: 'erase',
    description: 'erase the salts of entries, or of all legs about a record, so that nobody can open their commitments',
  },
  prune: {
    name: 'prune',
    description: 'delete entries older than a date, by a rule of retention; the tree stays provable',
  },
  note: {
    name: 'note',
    description: 'write down what your office did with data: an import, a disclosure, a deletion, an approval',
  },
  stamp: {
    name: 'stamp',
    description:
      'have an authority outside confirm by a time stamp (RFC 3161) that the log exists, or check the stamps',
  },
  desk: {
    name: 'desk',
    description: 'make your desk: a folder with your own log, in which your readings become entries',
  },
  rotateKey: {
    name: 'rotate-key',
    description: 'replace the signer key of a log, by an entry that the old key and the new key sign',
  },
  reveal: {
    name: 'reveal',
    description: 'learn which officer stands behind a pseudonym: your key and the authority’s are both needed',
  },
} as const
