-- Chance and check digits. Every draw names its question, so that no two draws share an answer.

-- A number in [0, 1): the same for the same seed, row and question.
create or replace macro u(i, question) as
    (hash(i, question, getvariable('seed')) >> 11) / 9007199254740992.0;

-- A whole number in [low, high].
create or replace macro between_u(i, question, low, high) as
    (low + floor(u(i, question) * (high - low + 1)))::bigint;

-- The slot of a weighted look-up table.
create or replace macro slot_u(i, question) as floor(u(i, question) * 1000)::integer;

-- One digit of a number, counted from the right, doubled as Luhn doubles it.
create or replace macro luhn_doubled(n, place) as
    (n // place % 10) * 2 - case when n // place % 10 > 4 then 9 else 0 end;

-- A National Provider Identifier for nine digits: Luhn over 80840 and the digits (24 is 80840's
-- share of the sum). Numbers here begin with 2, which no real provider has been given.
create or replace macro npi(n) as
    (n::bigint * 10 + (10 - (24
        + luhn_doubled(n, 1) + n // 10 % 10 + luhn_doubled(n, 100) + n // 1000 % 10
        + luhn_doubled(n, 10000) + n // 100000 % 10 + luhn_doubled(n, 1000000)
        + n // 10000000 % 10 + luhn_doubled(n, 100000000)) % 10) % 10)::varchar;

create or replace macro pharmacy_npi(k) as npi(290000000 + k::bigint * 2477);
create or replace macro prescriber_npi(k) as npi(200000000 + k::bigint);

-- A draw that asks the same question about each of several things.
create or replace macro u_of(i, question, thing) as
    (hash(i, question, thing, getvariable('seed')) >> 11) / 9007199254740992.0;

create or replace macro between_of(i, question, thing, low, high) as
    (low + floor(u_of(i, question, thing) * (high - low + 1)))::bigint;

create or replace macro slot_of(i, question, thing) as
    floor(u_of(i, question, thing) * 1000)::integer;

-- The day so many days before the as-of date.
create or replace macro days_ago(days) as getvariable('as_of') - days::int;

-- A diagnosis code as people write it.
create or replace macro with_dot(code) as
    if(len(code) > 3, code[1:3] || '.' || code[4:], code);

-- An 11-digit NDC with its hyphens, or as the 10-digit 5-3-2 when the product's zero may go.
create or replace macro hyphenated(ndc, short) as
    ndc[1:5] || '-' || if(short and ndc[6:6] = '0', ndc[7:9], ndc[6:9]) || '-' || ndc[10:11];
