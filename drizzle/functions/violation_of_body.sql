-- The functions violation_of_… check an entry. Each returns what is wrong in words, or null, and raises only what the caller
-- must tell apart (BG001 conflict, BG002 own bypass, BG003 repeated approval, BG004 already settled). They are plain expressions and
-- read tables only where they must, because a batch runs them while all other writers wait for the head. They set no
-- search_path: only the owner may call them, and they run under that of commit or redact; setting it for each call would cost
-- more than the work. They do not check the fields of an event type: the code's catalogue and breakglass verify do.
CREATE FUNCTION breakglass.violation_of_body(
  body text, event jsonb, rule breakglass.event_types, stream_name text, at_version integer, command_id text
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  written constant text := event::text;
  who constant jsonb := event -> 'actor';
  bare text;
  canonical_length integer;
BEGIN
  IF jsonb_typeof(event) IS DISTINCT FROM 'object' OR octet_length(body) > 131072 THEN
    RETURN 'the body is no object, or is too long';
  END IF;
  -- Canonical text differs from PostgreSQL's in the spaces after colons and commas. Strings with spaces are rare in a body.
  IF strpos(body, ' ') = 0 THEN
    canonical_length := octet_length(replace(written, ' ', ''));
  ELSE
    bare := regexp_replace(written, '"([^"\\]|\\.)*"', '', 'g');
    canonical_length := octet_length(written) - length(bare) + length(replace(bare, ' ', ''));
  END IF;
  RETURN CASE
    WHEN event -> 'v' IS DISTINCT FROM '1'::jsonb THEN 'the body is of an unknown format'
    WHEN rule.type IS NULL THEN 'the type is not known'
    WHEN rule.stream NOT IN ('both', CASE stream_name WHEN 'system' THEN 'system' ELSE 'bypass' END)
      THEN 'the type does not belong in this stream'
    -- Finds spaces, duplicate keys, and characters or numbers in another spelling; breakglass verify finds the rest.
    WHEN octet_length(body) <> canonical_length THEN 'the body is not canonical'
    WHEN coalesce(event ->> 'at', '') !~ '^\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\d\.\d{3}Z$' THEN 'the time is not ISO 8601 in UTC'
    WHEN (who ->> 'kind' IN ('person', 'system') AND rule.actor IN ('both', who ->> 'kind')) IS NOT TRUE
      THEN 'the actor is not of the kind that the type needs'
    WHEN who ->> 'kind' = 'person' AND (who ->> 'user' ~ '^[UW][A-Z0-9]{2,20}$' AND length(who ->> 'person') BETWEEN 1 AND 63) IS NOT TRUE
      THEN 'the actor has no name'
    WHEN event ->> 'command' IS DISTINCT FROM command_id THEN 'the body names another command'
    WHEN event -> 'version' IS DISTINCT FROM coalesce(to_jsonb(at_version), 'null') THEN 'the body names another version'
    WHEN event ->> 'bypass' IS DISTINCT FROM nullif(stream_name, 'system') THEN 'the body names another bypass'
    WHEN (at_version IS NOT DISTINCT FROM 1) <> (rule.type = 'bypass.declared')
      THEN 'the declaration is not the first entry, or the first entry is no declaration'
    WHEN (at_version IS NOT DISTINCT FROM 2) <> (rule.type = 'review.opened')
      THEN 'the review is not opened right after the declaration'
  END;
END $$;
