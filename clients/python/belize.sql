-- Made-up records of Belize for upstream.py. No such case and no such person exists.
create table case_file (id, filed_on, status, category, subdivision, iccs, organised, linked, handling, shared_with);
create table participant (row_id, case_id, role, person_id);
create table person (id, birth_date, name, passport, protected, same_as, handling, shared_with);
insert into case_file values ('BZ:C-1', '2025-03-01', 'OPEN', 'COURT', 'BZ-BZ', '0101', false, 'GT:MP-7', 'H1', '*'),
  ('BZ:C-2', '2025-03-01', 'CHARGED', 'COURT', 'BZ-CY', '020411', true, null, 'H2', 'conformance'),
  ('BZ:C-3', null, 'OPEN', 'INVESTIGATION', 'BZ-BZ', '0501', null, null, 'H1', '*'),
  ('BZ:C-4', '2024-12-24', 'OPEN', 'COURT', null, '0101', false, null, 'H1', 'others');
insert into participant values ('r1', 'BZ:C-1', 'SUSPECT', 'BZ:P-1'), ('r2', 'BZ:C-1', 'VICTIM', 'BZ:P-3'),
  ('r3', 'BZ:C-2', 'ACCUSED', 'BZ:P-1'), ('r4', 'BZ:C-1', 'CONVICTED', 'BZ:P-2'), ('r5', 'BZ:C-2', 'SUSPECT', 'GT:P-9');
insert into person values ('BZ:P-1', '1980-02-29', 'José Ñáñez Coc', 'P10020', false, 'GT:P-9', 'H1', '*'),
  ('BZ:P-2', '1991-07-01', 'Ana Marroquín', 'P77', false, null, 'H1', '*'),
  ('BZ:P-3', '2012-01-31', 'Rosa Tun', 'P300', true, null, 'H1', '*');
