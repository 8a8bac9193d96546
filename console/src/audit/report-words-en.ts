import type { AuditWords } from './words-es.ts'

/** The English words of the report for a parliament. */
export const REPORT_EN: AuditWords['report'] = {
  from: 'First day',
  until: 'Last day',
  threshold: 'Withhold counts below',
  make: 'Make the report',
  title: 'Report on the questions between countries',
  period: (from, until) => `From ${from} to ${until} (UTC).`,
  whose: (country) => (country === null ? 'Questions of all countries.' : `Questions that concern ${country}.`),
  withheld: 'withheld',
  withheldWhy: (threshold) =>
    `«Withheld» is a count from 1 to ${threshold - 1}, or another one from which it could be computed. A total that is missing is withheld for the same reason.`,
  only: 'This report has counts only. It does not say who asked, about whom, or with which answer.',
  states: 'State of the logs when they were counted',
  statesWhy:
    'Whoever keeps these lines can verify later that the log still begins with what was counted. Oversight made the counts themselves; they can be made again from the log.',
  root: 'Root of the tree',
  notProven: 'not verified',
  verify: 'How to verify it',
  verifySteps: [
    'Get the trust policy from somebody you trust.',
    'Save the checkpoint of a log to a file (it is in this report’s JSON file).',
    'Run «istmo audit verify LOG --policy POLICY --kept FILE»: it says whether today’s log continues that one.',
  ],
  save: 'Save as JSON',
  print: 'Print',
  made: (time) => `Made on ${time} (UTC).`,
  cut: 'A table has more than 100 rows. Shorten the period.',
  threshHint: '3 or more',
}
