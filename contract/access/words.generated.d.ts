// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  TYPE_UNKNOWN: 'came' | 'place' | 'type'
  TYPE_UNKNOWN_HERE: 'came' | 'expected' | 'place' | 'type'
  TYPE_DIFFERS: 'came' | 'expected' | 'place'
  FIELD_MISSING: 'field' | 'place'
  POLICY_UNDECIDED: 'place' | 'policy'
  SHOWN_FIELD_MISSING: 'place' | 'source'
  SHOWN_FOR_LESS: 'place' | 'source'
  RULE_NOT_LINKED: 'local' | 'rule' | 'url'
  RULE_LINKED_OTHERWISE: 'local' | 'meant' | 'rule' | 'url'
  LINK_REPEATED: 'url'
  NAME_REPEATED: 'place'
  ARGUMENT_REPEATED: 'argument' | 'local'
  ROOT_RENAMED: 'came'
  KIND_DIFFERS: 'came' | 'expected' | 'place'
  REVEALS_MALFORMED: 'came' | 'place'
  RULE_MALFORMED: 'argument' | 'local' | 'place'
  line: never
}
