/** Other names of subdivisions, as sources write them. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  'Atlántico Norte': 'NI-AN',
  'Atlántico Sur': 'NI-AS',
  'El Quiché': 'GT-14',
  Quezaltenango: 'GT-09',
  Belize: 'BZ-BZ',
  'Kuna Yala': 'PA-KY',
  'San Blas': 'PA-KY',
  'Ngöbe Buglé': 'PA-NB',
  'Ngöbe-Buglé': 'PA-NB',
}
