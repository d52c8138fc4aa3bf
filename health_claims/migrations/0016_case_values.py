from django.db import migrations

# Who acts next, when a case ended, who did what, which event brought a document.
FORWARDS = """
UPDATE health_claims_declaration SET
    waiting_on = CASE WHEN state <> 'created' THEN 'nobody'
                      WHEN complement_asked_at IS NOT NULL THEN 'person'
                      ELSE 'desk' END,
    closed_at = CASE WHEN state <> 'created' THEN decided_at END,
    created_at = opened_at,
    changed_at = COALESCE(decided_at, opened_at);

UPDATE health_claims_claim SET
    waiting_on = CASE WHEN state IN ('complement', 'counter-visit') THEN 'person'
                      WHEN state IN ('paid', 'refused') THEN 'nobody'
                      ELSE 'desk' END,
    created_at = opened_at,
    changed_at = opened_at,
    channel = CASE WHEN declaration_id IS NULL THEN 'post' ELSE 'web' END;
UPDATE health_claims_claim claim SET language = declaration.language
FROM health_claims_declaration declaration WHERE declaration.id = claim.declaration_id;
UPDATE health_claims_claim claim SET closed_at = COALESCE(
    claim.paid_at,
    (SELECT MAX(event.at) FROM health_claims_claimevent event
     WHERE event.case_id = claim.id AND event.to_state IN ('paid', 'refused')),
    claim.opened_at)
WHERE claim.state IN ('paid', 'refused');

UPDATE health_claims_declarationevent SET actor = CASE WHEN user_id IS NULL THEN 'person' ELSE 'staff' END;
UPDATE health_claims_claimevent SET actor = CASE
    WHEN user_id IS NOT NULL THEN 'staff'
    WHEN kind IN ('supply', 'feedback') THEN 'person'
    ELSE 'portal' END;

UPDATE health_claims_declarationdocument SET kind = CASE WHEN is_complement THEN 'complement' ELSE 'piece' END;
UPDATE health_claims_declarationdocument document SET event_id = (
    SELECT event.id FROM health_claims_declarationevent event
    WHERE event.case_id = document.case_id
      AND event.kind = CASE WHEN document.is_complement THEN 'supply' ELSE 'sent' END
    ORDER BY abs(extract(epoch FROM event.at - document.added_at)), event.id LIMIT 1);
UPDATE health_claims_claimdocument document SET event_id = (
    SELECT event.id FROM health_claims_claimevent event
    WHERE event.case_id = document.case_id AND event.kind = 'supply'
    ORDER BY abs(extract(epoch FROM event.at - document.added_at)), event.id LIMIT 1);
"""


class Migration(migrations.Migration):
    dependencies = [("health_claims", "0015_case_columns")]
    operations = [migrations.RunSQL(FORWARDS)]
