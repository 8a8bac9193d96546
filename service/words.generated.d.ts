// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  seeHelp: 'command'
  seeCommands: 'command'
  noCommand: never
  unknownOption: 'flag'
  unknownCommand: 'name'
  meant: 'name'
  meantOneOf: 'name'
  noArguments: 'came'
  tooMany: 'came' | 'names'
  cameNothing: 'expected' | 'name'
  cameOption: 'expected' | 'name' | 'option'
  cameOther: 'came' | 'expected' | 'name'
  secret: never
  value: never
  valueOf: 'name'
  removed: 'instead'
}
