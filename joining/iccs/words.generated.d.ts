// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  'reason.TERM': 'text' | 'words'
  'reason.TITLE': 'text' | 'words'
  'reason.TEXT': 'text' | 'words'
  'reason.DESCRIPTION': 'words'
  'reason.ABOVE': 'code'
  'reason.SEVERAL_BELOW': 'codes'
  'reason.REMAINDER': 'code'
  'reason.ARTICLE': 'article' | 'country'
  'reason.none': never
  proposed: 'decided' | 'labels' | 'others' | 'proposed'
  next: 'file'
  written: 'decided' | 'file' | 'open'
}
