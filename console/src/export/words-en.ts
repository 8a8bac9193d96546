import type { Widened } from '../words/widened.ts'
import type { EXPORT_ES } from './words-es.ts'

/** The English words of exports. */
export const EXPORT_EN: Widened<typeof EXPORT_ES> = {
  export: {
    about: 'Exported from Istmo',
    at: 'Date',
    officer: 'Person',
    purpose: 'Purpose',
    countries: 'Countries',
    requests: 'Ids in the audit log',
    incomplete: 'INCOMPLETE: there are more rows, or countries or parts of them are missing',
    complete: 'Complete: there are no more rows, and each country that was asked answered',
    hidden: 'Hidden (an empty cell does not mean that there is nothing)',
    verify:
      'How to verify this: with each id, an auditor proves the entry of the question in the gateway’s log, and that of the export in the authority’s log: «istmo audit prove ID --log LOG --policy POLICY». The entry of the export has the SHA-256 of this file, which «sha256sum FILE» prints, and is found by it in place of ID. «istmo audit check-file FILE --proof ID.tlog-proof --policy POLICY» compares the two.',
    noEntry: 'This export does not have an entry of its own in the audit log. The questions have one.',
    entry: 'Entry of this export',
    entryIs: '{{id}}, index {{index}}, in the log of {{authority}}',
    salt: 'Salt, so that nobody guesses this file from its digest',
    digest: 'SHA-256 of the file, which stands in the entry',
    failed: 'Nothing was exported, because it could not be noted. {{message}}',
    noting: 'Noting it…',
    dossier: 'Export the whole dossier',
    label: 'Item',
    value: 'Content',
    page: 'Page {{page}} of {{pages}}',
    handling: 'Handling: {{codes}}',
    handlingHidden_one: 'the handling of {{count}} record is hidden',
    handlingHidden_other: 'the handling of {{count}} records is hidden',
    noHandling: 'These rows have no handling codes. Use them only under your mandate.',
  },
}
