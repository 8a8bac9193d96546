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
  allWithheld: 'The whole table is withheld: it has so few questions that the small counts could be computed.',
  withheldWhy: (threshold) =>
    `«Withheld» is a count from 1 to ${threshold - 1}, or another one from which it could be computed. A total that is missing is withheld for the same reason.`,
  only: 'This report has counts only. It does not say who asked, about whom, or with which answer.',
  root: 'Root of the tree',
  verify: 'How to verify it',
  verifyHow:
    'Whoever has the gateways’ logs, and a trust policy from somebody whom they trust, runs this command: it counts again and compares each number.',
  policyFile: 'trust-policy',
  logFolder: 'gateway',
  notOver: 'The last day is not over yet: the same report, made tomorrow, may have larger counts.',
  save: 'Save as JSON',
  print: 'Print',
  made: (time) => `Made on ${time} (UTC).`,
  cut: 'A table has more than 100 rows. Shorten the period.',
  threshHint: '3 or more',
}
