-- base_url and proxy: what counts as a URL, and where a key may travel.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS intent_fdw;
RESET client_min_messages;
\set SHOW_CONTEXT never
CREATE FUNCTION pg_temp.check_urls(option text, VARIADIC urls text[]) RETURNS TABLE (url text, result text)
LANGUAGE plpgsql AS $$
DECLARE
  detail text;
BEGIN
  FOREACH url IN ARRAY urls LOOP
    BEGIN
      PERFORM intent_fdw_validator(ARRAY[option || '=' || url], 'pg_foreign_server'::regclass);
      result := 'ok';
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
      result := concat_ws(' / ', SQLSTATE, SQLERRM, detail);
    END;
    RETURN NEXT;
  END LOOP;
END $$;
\pset format unaligned
\pset tuples_only on

-- well formed
SELECT * FROM pg_temp.check_urls('base_url',
  'https://api.aws53.cloud', 'https://api.aws53.cloud/', 'HTTPS://API.example.com:8443/v1/base//',
  'https://10.0.0.1', 'https://[2001:db8::1]:443/x', 'https://h/path/@x');

-- not a URL for requests
SELECT * FROM pg_temp.check_urls('base_url',
  '', 'api.aws53.cloud', '//api.aws53.cloud', 'ftp://api.aws53.cloud', 'file:///etc/passwd', 'https:/h', 'https://',
  'https:///path', 'https://:443', 'https://h:', 'https://h:0', 'https://h:65536', 'https://h:80x', 'https://h:443:1',
  'https://h?x=1', 'https://h/p?x=1', 'https://h#f', 'https://h/p#f', 'https://h h', E'https://h\nX: 1', 'https://h/ü',
  'https://hé', 'https://h\x', 'https://h%2e', 'https://[::1', 'https://[::g]', 'https://[127.0.0.1]', 'https://[::1]x');

-- no user name or password; nor are they shown
SELECT result FROM pg_temp.check_urls('base_url',
  'https://user:hunter2@h', 'https://hunter2@h', 'https://h:hunter2@h/', 'http://127.0.0.1\@hunter2');
SELECT result FROM pg_temp.check_urls('proxy', 'http://user:hunter2@proxy:3128', 'hunter2');

-- http only to this machine
SELECT * FROM pg_temp.check_urls('base_url',
  'http://127.0.0.1:8080', 'http://127.255.255.254', 'http://localhost', 'http://LocalHost:80/', 'http://[::1]:8080',
  'http://[0:0:0:0:0:0:0:1]');
SELECT * FROM pg_temp.check_urls('base_url',
  'http://api.aws53.cloud', 'HTTP://api.aws53.cloud', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example',
  'http://localhost.', 'http://127.1', 'http://2130706433', 'http://0x7f.0.0.1', 'http://0177.0.0.1', 'http://127.0.0.01',
  'http://128.0.0.1', 'http://0.0.0.0', 'http://[::]', 'http://[::2]', 'http://[::ffff:127.0.0.1]',
  'http://evil.example/127.0.0.1', 'http://evil.example:80/localhost', 'http://xlocalhost');

-- or where a superuser allows it, for as long as it is allowed
\pset tuples_only off
\pset format aligned
CREATE SERVER url_server FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url 'http://api.example.com');
CREATE SERVER url_server FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url 'http://api.example.com', allow_http 'false');
CREATE SERVER url_server FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url 'http://api.example.com', allow_http 'true');
ALTER SERVER url_server OPTIONS (DROP allow_http);
ALTER SERVER url_server OPTIONS (SET allow_http 'false');
ALTER SERVER url_server OPTIONS (SET base_url 'https://api.example.com', DROP allow_http);
ALTER SERVER url_server OPTIONS (SET base_url 'http://api.example.com');

-- proxies
\pset tuples_only on
\pset format unaligned
SELECT * FROM pg_temp.check_urls('proxy',
  'http://proxy:3128', 'https://proxy', 'socks5://10.0.0.1:1080', 'socks5h://proxy:1080/', 'socks4://proxy', 'proxy:3128');
DROP SERVER url_server;
