-- How members can be reached; who has no telephone still has a language for letters.

create or replace table member_contact as
select m.person_id, p.phone_e164, h.type, m.language as preferred_language,
    case when u(m.i, 'large print') < case when m.payer_type = 'medicare' then 0.05 else 0.01 end
        then 'large_print' end as alt_format,
    -- Where the number came from; no one here has refused.
    case when p.phone_e164 is null then null when u(m.i, 'consent') < 0.85 then 'enrollment_form'
        when u(m.i, 'consent') < 0.97 then 'pharmacy_record' end as consent,
    case when p.phone_e164 is not null and u(m.i, 'verified') < 0.8
        then days_ago(between_u(m.i, 'verified on', 10, 900)) end as verified_at
from member m
left join phone p using (home)
left join household h using (home, line);
