import type { ErrorEntry } from './entry.ts'

/** What an answer that came lacks, and what stands beside its errors. The order is that of docs/operating.md. */
export const ANSWER_ERRORS = {
  PARTLY_DENIED: {
    status: 200,
    meaning: '{country} denied a part of what was asked.',
    remedy: 'See `errors` in the answer. If your task needs the part, ask the contact point of {country}.',
  },
  PARTLY_NOT_PUBLISHED: {
    status: 200,
    meaning: '{country} does not publish a part of what was asked.',
    remedy: 'The fields are null for this country. To ask again does not help.',
  },
  ROWS_DROPPED: {
    status: 200,
    meaning:
      'Some rows of {country} are left out: a value that they need is missing or not valid, or they are more than one answer may add.',
    remedy:
      '`extensions.count` says how many rows, and `coordinate` which value they lack. Tell the contact point of {country}.',
  },
  COVERAGE_PARTIAL: {
    status: 200,
    meaning: 'The data of {country} covers only a part of what was asked. What is missing here may exist.',
    remedy: 'Read an empty answer as «not known», and ask the institution that keeps the complete data.',
  },
  QUOTA_REACHED: {
    status: 200,
    meaning: 'Rows are left out because your quota of rows of {country} for today was reached.',
    remedy: 'Ask again tomorrow, ask a narrower question, or ask the contact point of {country} to raise the quota.',
  },
  EARLIER_PAGES_MISSING: {
    status: 200,
    meaning: 'Rows of earlier pages are missing because {country} did not answer then.',
    remedy: 'Ask for this record by itself, page by page.',
  },
  NOT_PUBLISHED: {
    status: 200,
    meaning: '{country} does not publish what was asked, or it does not take part.',
    remedy: 'To ask again does not help. `/status` lists who publishes what.',
  },
  DENIED: {
    status: 200,
    meaning: '{country} denied its part.',
    remedy:
      '`extensions.countries` has the reason as a code. If your task needs the part, ask the contact point of {country}.',
  },
  TIMED_OUT: {
    status: 200,
    meaning: '{country} did not answer in time, so its part is missing.',
    remedy:
      'What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
  },
  UNAVAILABLE: {
    status: 200,
    meaning: 'The part of {country} is not available.',
    remedy:
      'What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
  },
  COUNTRIES_DISAGREE: {
    status: 200,
    meaning: 'The countries gave different values for a field that has one value.',
    remedy: 'Ask the countries one by one.',
  },
  NULL_FOR_NON_NULL: {
    status: 200,
    meaning: 'A required value is missing.',
    remedy: 'See the other errors, which name the country whose value is missing.',
  },
  SUBGRAPH_ERROR: {
    status: 200,
    meaning: 'A subgraph reported an error here.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the details under the request id.',
  },
  ERRORS_CUT: {
    status: 200,
    meaning: 'There were more than 100 errors. The others are left out.',
    remedy: 'Ask for less at once.',
  },
  AUDIT_LOG_AWAY: {
    status: 200,
    meaning: 'The audit log that has this entry cannot be read now, so nothing of it can be proved.',
    remedy: 'Ask again in a few minutes. If it lasts, ask the operator of oversight, and the owner of the log.',
    operator: '`/health/ready` of oversight is not 200, and its log says which log could not be followed, and why.',
  },
  AUDIT_LOG_DAMAGED: {
    status: 200,
    meaning: 'The audit log does not add up where this entry is: somebody may have altered it.',
    remedy:
      'Do not rely on what is shown. Ask whoever has a copy of the log to run `istmo audit verify`, and tell the data protection authority.',
    operator: 'Keep the log as it is. Run `istmo audit verify` on it and on an older copy.',
  },
} as const satisfies Record<string, ErrorEntry>
