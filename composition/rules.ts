import type { Rule } from './rule.ts'
import { ACCESS_RULES } from './rules/access.ts'
import { ANSWER_RULES } from './rules/answers.ts'
import { DIRECTIVE_RULES } from './rules/directives.ts'
import { RECORD_RULES } from './rules/records.ts'

/** All rules about subgraphs that link the istmo spec, in the order in which composition reports what breaks them. */
export const RULES: readonly Rule[] = [...DIRECTIVE_RULES, ...ANSWER_RULES, ...RECORD_RULES, ...ACCESS_RULES]
