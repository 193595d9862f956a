"""What the payer's newest files tell of members we know: home, language, coverage, numbers.

A blank in a file wipes nothing, a number whose owner said STOP is never retired (their word holds
for the member), and what we found out ourselves of a number (wrong, unreachable) stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from psycopg import Connection as Raw
from sqlalchemy import Connection, text

from store import loading_rows as rows
from store.copying import stage


def renew(
    raw: "Raw[Any]",
    connection: Connection,
    roster: Iterable[Mapping[str, Any]],
    as_of: date,
    payers: Sequence[str],
    now: datetime,
) -> None:
    """The roster becomes the new files'; members follow it. `payers`: those of our programs."""
    stage(raw, "roster", rows.ROSTER, map(rows.roster, roster))
    told = {"as_of": as_of, "payers": [each.lower() for each in payers], "now": now}
    for statement in (
        _GONE, _KEPT, _MEMBERS, _PHONES, _NUMBERS, _CONTACTS, _CONSENTS, _RETIRED,
    ):  # fmt: skip
        connection.execute(text(statement), told)


_NAMES = ", ".join(rows.ROSTER)
_OLD = ", ".join(f"roster.{name}" for name in rows.ROSTER)
_FRESH = ", ".join(f"excluded.{name}" for name in rows.ROSTER)
_SET = ", ".join(f"{name} = excluded.{name}" for name in rows.ROSTER)

_GONE = """
delete from roster r where not exists (select from stage_roster s where s.person_id = r.person_id)
"""
_KEPT = f"""
insert into roster ({_NAMES}) select {_NAMES} from stage_roster
on conflict (person_id) do update set {_SET} where ({_OLD}) is distinct from ({_FRESH})
"""

# Coverage by a payer of ours that holds today, else the member's own payer's that ended last.
_MEMBERS = """
update members m set first_name = n.first_name, last_name = n.last_name,
    birth_date = n.birth_date, death_date = n.death_date, gender = n.gender,
    address = n.address, city = n.city, state = n.state, zip_code = n.zip_code,
    time_zone = n.time_zone, language = n.language, alt_format = n.alt_format,
    payer = n.payer, payer_type = n.payer_type, coverage_start = n.first, coverage_end = n.last
from (
    select k.id, coalesce(nullif(r.first_name, ''), k.first_name) as first_name,
        coalesce(nullif(r.last_name, ''), k.last_name) as last_name,
        coalesce(r.birth_date, k.birth_date) as birth_date, r.death_date,
        coalesce(r.gender, k.gender) as gender, coalesce(r.address, k.address) as address,
        coalesce(r.city, k.city) as city, coalesce(r.state, k.state) as state,
        coalesce(r.zip_code, k.zip_code) as zip_code,
        coalesce(r.time_zone, k.time_zone) as time_zone,
        coalesce(r.language, k.language) as language,
        coalesce(r.alt_format, k.alt_format) as alt_format,
        coalesce(c.payer, k.payer) as payer, coalesce(c.payer_type, k.payer_type) as payer_type,
        coalesce(c.first, k.coverage_start) as first,
        case when c.first is null then k.coverage_end when c.last < :as_of then c.last end as last
    from members k join roster r using (person_id) left join lateral (
        select s->>'payer' as payer, s->>'payer_type' as payer_type,
            (s->>'first')::date as first, (s->>'last')::date as last
        from jsonb_array_elements(r.coverage) s
        where s->>'payer_type' = any(:payers) or s->>'payer_type' = lower(k.payer_type)
        order by (:as_of between (s->>'first')::date and coalesce((s->>'last')::date, 'infinity'))
                desc,
            s->>'payer_type' = lower(k.payer_type) desc,
            coalesce((s->>'last')::date, 'infinity') desc
        limit 1) c on true) n
where n.id = m.id and (
    m.first_name, m.last_name, m.birth_date, m.death_date, m.gender, m.address, m.city, m.state,
    m.zip_code, m.time_zone, m.language, m.alt_format, m.payer, m.payer_type, m.coverage_start,
    m.coverage_end) is distinct from (
    n.first_name, n.last_name, n.birth_date, n.death_date, n.gender, n.address, n.city, n.state,
    n.zip_code, n.time_zone, n.language, n.alt_format, n.payer, n.payer_type, n.first, n.last)
"""

_PHONES = """
create temp table listed on commit drop as
select m.id as member_id, p->>'phone' as phone, p->>'kind' as kind, (p->>'rank')::int as rank,
    r.do_not_contact
from members m join roster r using (person_id) cross join jsonb_array_elements(r.phones) p
"""
_NUMBERS = """
insert into phones (phone) select distinct phone from listed order by phone on conflict do nothing
"""
_CONTACTS = """
insert into contact_points (member_id, phone, kind, rank, status)
select member_id, phone, kind, rank, case kind when 'landline' then 'landline' else 'active' end
from listed order by member_id, phone
on conflict (member_id, phone) do update set kind = excluded.kind, rank = excluded.rank,
    status = case when contact_points.status in ('active', 'landline', 'not_listed')
        then excluded.status else contact_points.status end,
    status_at = case when contact_points.status in ('active', 'landline', 'not_listed')
            and contact_points.status <> excluded.status
        then cast(:now as timestamptz) else contact_points.status_at end
where (contact_points.kind, contact_points.rank) is distinct from (excluded.kind, excluded.rank)
    or (contact_points.status in ('active', 'landline', 'not_listed')
        and contact_points.status <> excluded.status)
"""
# No new number may speak for a member who said stop from an old one.
_CONSENTS = """
insert into consents (phone, channel, given, at, how, actor)
select distinct l.phone, 'sms', true, cast(:now as timestamptz), 'contact file', 'payer'
from listed l
where not l.do_not_contact and not exists (select from consents c where c.phone = l.phone)
    and not exists (
        select from contact_points p where p.member_id = l.member_id and (
            select not c.given from consents c where c.phone = p.phone
            order by c.id desc limit 1))
"""
# A number the files name no longer may be a stranger's by now. Only of those the files gave us:
# what a member wrote from, or told a person, stands. Words from it are still heard.
_RETIRED = """
update contact_points p set status = 'not_listed', status_at = cast(:now as timestamptz)
where p.status in ('active', 'landline')
    and exists (select from listed l where l.member_id = p.member_id)
    and not exists (
        select from listed l where l.member_id = p.member_id and l.phone = p.phone)
    and (select c.given and c.how = 'contact file' from consents c
         where c.phone = p.phone order by c.id desc limit 1)
"""
