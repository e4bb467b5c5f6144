-- Nobody may approve their own bypass, and no person counts twice, whichever of their accounts they use.
CREATE FUNCTION breakglass.violation_of_approval(bypass integer, at_version integer, event jsonb, declared jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  own text[];
BEGIN
  IF (event -> 'accounts' ? (event #>> '{actor,user}')) IS NOT TRUE THEN
    RETURN 'the accounts of the approval are not those of its actor';
  END IF;
  own := ARRAY(SELECT DISTINCT jsonb_array_elements_text(event -> 'accounts'));
  IF event #>> '{actor,person}' = declared #>> '{actor,person}' OR declared -> 'accounts' ?| own THEN
    RAISE EXCEPTION USING ERRCODE = 'BG002', MESSAGE = 'the requester cannot approve';
  END IF;
  IF EXISTS (SELECT FROM breakglass.approvals a
    WHERE a.n = bypass AND (a.person = event #>> '{actor,person}' OR a.account = ANY (own)))
  THEN
    RAISE EXCEPTION USING ERRCODE = 'BG003', MESSAGE = 'this person approved before';
  END IF;
  INSERT INTO breakglass.approvals (n, account, person, version)
  SELECT bypass, account, event #>> '{actor,person}', at_version FROM unnest(own) AS account;
  RETURN NULL;
END $$;
