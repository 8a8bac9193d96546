import type { Rule } from './rule.ts'
import { answeredByArgument } from './rules/answered-by-argument.ts'
import { answeredByPlace } from './rules/answered-by-place.ts'
import { connectionShape } from './rules/connection-shape.ts'
import { crossBorderRecord } from './rules/cross-border-record.ts'
import { directivesComposed } from './rules/directives-composed.ts'
import { everyHasOutcomes } from './rules/every-has-outcomes.ts'
import { interfaceObjectResolvable } from './rules/interface-object-resolvable.ts'
import { keyIsId } from './rules/key-is-id.ts'
import { keysAllResolvable } from './rules/keys-all-resolvable.ts'
import { mergeFitsType } from './rules/merge-fits-type.ts'
import { noDirectiveOnInterface } from './rules/no-directive-on-interface.ts'
import { noHollowAccessRule } from './rules/no-hollow-access-rule.ts'
import { nullableAcrossBorder } from './rules/nullable-across-border.ts'
import { outcomesUnderEvery } from './rules/outcomes-under-every.ts'
import { piiArgumentGuarded } from './rules/pii-argument-guarded.ts'
import { piiFieldGuarded } from './rules/pii-field-guarded.ts'
import { requiresWithoutArguments } from './rules/requires-without-arguments.ts'
import { revealsExistingField } from './rules/reveals-existing-field.ts'
import { rootFieldAnswered } from './rules/root-field-answered.ts'
import { sameDirectives } from './rules/same-directives.ts'
import { specAsPublished } from './rules/spec-as-published.ts'

/** All rules about subgraphs that link the istmo spec, in the order in which composition reports what breaks them. */
export const RULES: readonly Rule[] = [
  specAsPublished,
  directivesComposed,
  sameDirectives,
  noDirectiveOnInterface,
  rootFieldAnswered,
  answeredByPlace,
  answeredByArgument,
  everyHasOutcomes,
  outcomesUnderEvery,
  mergeFitsType,
  connectionShape,
  keyIsId,
  crossBorderRecord,
  nullableAcrossBorder,
  requiresWithoutArguments,
  keysAllResolvable,
  interfaceObjectResolvable,
  revealsExistingField,
  noHollowAccessRule,
  piiFieldGuarded,
  piiArgumentGuarded,
]
