// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  'forms.map': never
  'forms.list': never
  'forms.text': never
  'forms.column': never
  'forms.letter': never
  'forms.encoding': never
  'forms.zone': never
  'forms.databaseUrl': 'others'
  'forms.mappingFile': never
  'forms.date': never
  'forms.moment': never
  'forms.boolean': never
  'forms.whole': never
  'forms.id': never
  'forms.reference': never
  'forms.rowId': never
  'forms.country': never
  'forms.subdivision': never
  'forms.iccs': never
  'forms.enum': never
  'forms.wholeFrom': 'least' | 'most'
  'forms.thousands': 'decimal'
  'forms.everythingOrCountry': never
  'forms.everythingOrIccs': never
  'came.text': 'text'
  'came.map': 'count'
  'came.list': 'count'
  'came.nothing': never
  'kinds.text': never
  'kinds.date': never
  'kinds.moment': never
  'kinds.boolean': never
  'kinds.whole': never
  'kinds.id': never
  'kinds.reference': never
  'kinds.rowId': never
  'kinds.country': never
  'kinds.subdivision': never
  'kinds.iccs': never
  'kinds.enum': never
  'kinds.list': never
  nothing: never
  and: never
  expected: 'came' | 'what'
  expectedWord: 'came' | 'words'
  didYouMean: 'closest'
  unknownKey: 'key'
  knownKeys: 'known'
  missing: 'key'
  notYaml: 'reason'
  duplicateKey: never
  noMapping: 'reason'
  emptyList: never
  twice: 'name'
  todo: never
  belongsUnder: 'key' | 'parent'
  noSection: 'known'
  noCountry: never
  noSource: never
  bothSources: never
  neitherSource: never
  passwordWithoutSql: never
  openPassword: never
  twoPasswords: never
  badVariable: never
  noTable: never
  noCsv: never
  selectFromCsv: never
  onlySelect: never
  oneStatement: never
  needsFrom: 'key'
  countedParent: 'key'
  noId: 'key'
  noCode: 'key'
  noField: 'key'
  noHandling: never
  noFullName: never
  sharedWithNobody: never
  agencyIsCountry: 'code'
  bareValue: 'word'
  bareItem: 'word'
  sameId: never
  requiredEmpty: never
  noBeginning: never
  twoBeginnings: 'begun'
  withValue: 'key'
  keyForOthers: 'key' | 'kind' | 'kinds'
  joinWithoutColumns: never
  'template.brace': never
  'template.empty': never
  'template.noColumn': never
  foreignPrefix: 'other' | 'own'
  bothTables: never
  emptyTable: never
  foldsTwice: 'one' | 'other'
  defaultNull: never
  badPattern: 'reason'
  noGroup: never
  whichGroup: 'groups'
  takeWithoutPattern: never
  'format.unknown': 'text'
  'format.twice': 'text'
  'format.years': never
  'format.lacks': 'text'
  'format.lacksHalf': never
  withoutFormat: 'key'
  dayTwice: never
  noDay: never
  noDayOfMoment: never
  noFile: 'file' | 'reason'
  crosswalkHead: 'file' | 'head' | 'hint' | 'missing'
  crosswalkRow: 'file' | 'message' | 'row'
  crosswalkTwice: 'before' | 'label'
  crosswalkMore: 'file' | 'more'
  crosswalkUndecided: 'count' | 'file'
  'reason.empty': 'field'
  'reason.notText': never
  'reason.tooLong': 'most'
  'reason.pattern': 'source'
  'reason.notListed': 'known'
  'reason.nearMiss': 'known'
  'reason.day': 'format'
  'reason.moment': 'format'
  'reason.noZone': never
  'reason.boolean': never
  'reason.whole': never
  'reason.number': never
  'reason.id': never
  'reason.foreignId': 'other' | 'own'
  'reason.ownId': 'own'
  'reason.countryCode': never
  'reason.countryName': 'languages'
  'reason.subdivision': never
  'reason.iccs': never
  'reason.iccsZero': never
  'reason.word': 'words'
  'reason.andMore': 'listed' | 'more'
}
