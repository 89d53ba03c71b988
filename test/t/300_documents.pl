# README.md, docs/ and their like: each statement that they show is run, what they show as its output is what it
# puts out, links lead somewhere, commands exist, and docs/conditions.md is what the view says.
#
# Blocks marked sql run in the order of their page, in a database like that of test/bin/sandbox. A comment before
# a block says otherwise:
#   <!-- in a new database -->             nothing there; the blocks after it are of the old one
#   <!-- in a new database after: SQL -->  and this run before
#   <!-- with {"rows":"seed"} -->          a database as usual of its own, and the simulator set so
#   <!-- run by 310_cron -->               by that test, which takes it from the page (IntentPages.pm)
#   <!-- run by package: source -->        commands of a shell, indented, by that script
#   <!-- not run: reason -->
# The block of no language that follows one marked sql is its output. EXPLAIN is compared under PostgreSQL 15 only,
# since each major words plans in another way. Pages with the outputs that there were are left in results/documents;
# make accept puts them in place.
use strict;
use warnings;

use File::Path;
use IntentPages;
use IntentTest;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my @pages = pages();
my $most_not_run = 1;

my $sim = IntentTest::Simulator->new(people => 20000, seed => 1, config => '{"rows":"live"}');
my $node = cluster();
my $me = $node->safe_psql('postgres', 'SELECT current_user');
my $major = int($node->safe_psql('postgres', 'SHOW server_version_num') / 10000);
my ($databases, $not_run) = (0, 0);

# --- blocks to output

my $usual = <<SQL;
CREATE EXTENSION intent_fdw;
CREATE SERVER leadpipe FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url '$sim->{url}');
CREATE USER MAPPING FOR CURRENT_USER SERVER leadpipe OPTIONS (api_key '$sim->{key}');
CREATE SCHEMA intent;
IMPORT FOREIGN SCHEMA intent FROM SERVER leadpipe INTO intent;
SQL

sub database
{
	my ($setup) = @_;
	my $name = 'page' . ++$databases;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->safe_psql($name, $setup) if $setup;
	return $name;
}

# Blocks in one psql: adds {got} to each, its output and errors as a reader of psql sees them.
sub run_blocks
{
	my ($database, @blocks) = @_;
	my $script = join '', map { "$_->{text}\n;\n\\echo \@end\n" } @blocks;
	my $out = '';
	IPC::Run::run([ 'psql', '-Xq', '-P', 'null=(null)', '-P', 'pager=off', '-d', $node->connstr($database), '-f', '-' ],
		'<', \$script, '>&', \$out, IPC::Run::timeout(180));
	$out =~ s/^psql:<stdin>:\d+: //mg;
	my @parts = split /^\@end\n/m, $out, -1;
	$_->{got} = shift @parts // 'psql ended' for @blocks;
	return;
}

sub run_alone
{
	my ($block) = @_;
	my $note = $block->{note};
	if ($note =~ /^with (\{.*\})$/)
	{
		$sim->fresh(%{ decode_json($1) });
		run_blocks(database($usual), $block);
		$sim->fresh;
	}
	elsif ($note =~ /^in a new database(?: after: (.*))?$/) { run_blocks(database($1), $block); }
	else { return 0; }
	return 1;
}

# What a page should say goes into results/documents, where make accept takes it from.
sub propose
{
	my ($page, $text) = @_;
	my $file = "$ENV{results}/documents/$page";
	File::Path::make_path($file =~ s{/[^/]*$}{}r);
	open(my $new, '>', $file) or die "$file: $!";
	print $new $text;
	close $new or die "$file: $!";
	return;
}

# Without what pages leave out (blanks at ends of lines, empty lines, EXPLAIN's heading and count) and what varies.
sub plain
{
	my ($text) = @_;
	$text =~ s/^ +QUERY PLAN +\n-+\n(.*?)^\(\d+ rows?\)\n/$1/msg;
	$text =~ s/[ \t]+$//mg;
	$text =~ s/after \d+ ms/after 0 ms/g;
	# whoever runs the tests; libcurl's own words
	$text =~ s/user "\Q$me\E"/user "postgres"/g;
	$text =~ s/Could not connect to server/Couldn't connect to server/g;
	$text =~ s/Failed to connect to ([\d.]+):(\d+)/Failed to connect to $1 port $2/g;
	$text =~ s/\n{2,}/\n/g;
	return $text =~ s/^\n//r;
}

sub check_block
{
	my ($page, $block) = @_;
	my $name = "$page:$block->{line}";
	my $says = defined $block->{output} && ($major == 15 || $block->{text} !~ /\bEXPLAIN\b/);
	return is(plain($block->{got}), plain($block->{output}{text}), "$name: the output is the one shown") || diag($block->{text}) && 0
	  if $says;
	unlike($block->{got}, qr/^(?:ERROR|FATAL|psql|\\)/m, "$name: no error") or diag($block->{text});
	return 1;
}

# The page with the output that there was.
sub propose_outputs
{
	my ($page, @wrong) = @_;
	my @lines = split /^/, slurp_file($page);
	for (reverse @wrong)
	{
		splice(@lines, $_->{output}{line}, $_->{output}{lines}, plain($_->{got}));
	}
	propose($page, join '', @lines);
	return;
}

sub run_page
{
	my ($page) = @_;
	my @sql = grep { $_->{lang} eq 'sql' } blocks($page);
	my @run = grep { $_->{note} !~ /^(?:not run: \S|run by \w+$)/ } @sql;
	$not_run += grep { $_->{note} =~ /^not run:/ } @sql;
	my @in_order = grep { !run_alone($_) } @run;
	run_blocks(database($usual), @in_order) if @in_order;
	my @wrong = grep { !check_block($page, $_) && ($_->{got} =~ tr/\n//) < 60 } @run;
	propose_outputs($page, @wrong) if @wrong;
	return scalar @run;
}

my %ran = map { $_ => run_page($_) } @pages;
cmp_ok($ran{'README.md'}, '>=', 6, 'README.md has statements');
cmp_ok($ran{'README.md'} + $ran{'docs/cookbook.md'}, '>=', 15, '... and more with docs/cookbook.md');
cmp_ok($not_run, '<=', $most_not_run, 'few blocks are not run');

# --- who runs what is not run here

# The marks of a page that name no test, or one that does not take its blocks from the pages.
sub empty_marks
{
	my ($page) = @_;
	my @empty;
	for (slurp_file($page) =~ /^<!-- run by (.*) -->$/mg)
	{
		my ($test, $part) = split /: /;
		my $file = defined $part ? "test/bin/$test" : "test/t/$test.pl";
		my $text = -e $file ? slurp_file($file) : '';
		my $taken = defined $part ? $text =~ /page_commands \Q$part\E\b/
		  : $text =~ /IntentPages->new\('\Q$test\E'\)/ && $text =~ /->all_taken;/;
		push @empty, $_ unless $taken;
	}
	return @empty;
}

# --- links and commands

sub anchors
{
	my ($page) = @_;
	return map { lc(s/[^\w\- ]//gr) =~ tr/ /-/r } slurp_file($page) =~ /^#+ (.*?)\s*$/mg;
}

sub broken_links
{
	my ($page) = @_;
	my $dir = $page =~ m{^(.*/)} ? $1 : '';
	my $text = slurp_file($page) =~ s/^```.*?^```$//msgr =~ s/`[^`\n]*`//gr;
	my @broken;
	while ($text =~ /\]\(([^)\s]+)\)/g)
	{
		my ($file, $anchor) = split /#/, $1, 2;
		next if $file =~ /^https?:/;
		my $target = $file eq '' ? $page : "$dir$file";
		push(@broken, $1) && next unless -e $target;
		push @broken, $1 if defined $anchor && !grep { $_ eq $anchor } anchors($target);
	}
	return @broken;
}

my ($tools) = slurp_file('Makefile') =~ /^TOOLS = (.*)$/m;
my %goals = map { $_ => 1 } split(/ /, $tools), qw(all install installcheck clean);

# Commands in code: make with a goal that is none, and scripts of the tree that are not there.
sub unknown_commands
{
	my ($page) = @_;
	my $text = slurp_file($page);
	my @code = ($text =~ /`([^`\n]+)`/g, $text =~ /^ {4,}(\S.*)$/mg);
	my @unknown;
	for (map { s/ {3,}.*//r =~ s/\w+=("[^"]*"|'[^']*')//gr =~ s/^ +//r } @code)
	{
		if (/^(?:\w+=\S* )*make((?: +[^\s#]+)*)/)
		{
			push @unknown, grep { !/=/ && !/^-/ && !/^&/ && !$goals{$_} } split ' ', $1;
		}
		push @unknown, grep { !/NAME/ && !-e } m{(?<![\w/.])(test/(?:bin|bench|random|t|sql)/[\w.]+)(?![\w/*])}g;
	}
	return grep { $_ ne 'make' } @unknown;
}

# Files of src/ that a page or a drawing names, "name*.c" for a room, and are not there.
sub unknown_files
{
	my ($page) = @_;
	my %there = map { s{.*/}{}r => 1 } glob 'src/*.[ch] test/*/*.[ch]';
	my $is_there = sub { my $like = quotemeta(shift) =~ s/\\\*/\\w*/r; return grep { /^$like$/ } keys %there };
	return grep { !$is_there->($_) } slurp_file($page) =~ m{(?<![\w/.*])(?:src/)?([a-z]\w*\*?\.[ch])\b}g;
}

for my $page (@pages)
{
	is(join(' ', empty_marks($page)), '', "$page: what others should run they take from it");
	is(join(' ', broken_links($page)), '', "$page: links lead somewhere");
	is(join(' ', unknown_commands($page)), '', "$page: commands exist");
}
is(join(' ', unknown_files($_)), '', "$_: source files exist") for @pages, 'docs/internals.svg';

# --- docs/conditions.md

my $table = $node->safe_psql(database('CREATE EXTENSION intent_fdw'), <<'SQL');
SELECT '| table | column | sent as | conditions | value | trusted |' UNION ALL SELECT '|---|---|---|---|---|---|' UNION ALL
SELECT format('| `%s` | `%s` | `%s` | %s | %s | %s |', resource, "column", field,
              replace(replace(operators, '<', '&lt;'), '>', '&gt;'), value_type, CASE WHEN exact THEN 'yes' ELSE 'no' END)
  FROM intent_fdw_filters
SQL
my $page = 'docs/conditions.md';
my $parts = qr/^(.*<!-- from the view intent_fdw_filters -->\n)(.*)(<!-- end -->\n.*)$/s;
my ($before, $has, $after) = slurp_file($page) =~ $parts;
is($has, "$table\n", "$page: what the view says") or propose($page, "$before$table\n$after");

done_testing();
