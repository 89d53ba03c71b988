# IntentPages.pm: README.md, docs/ and their like as the tests read them.
#
#   my @blocks = blocks('README.md');              {page, line, lang, text, note, output}; note: the comment before
#   my $shown = IntentPages->new('310_cron');      the blocks marked <!-- run by 310_cron -->, which that test runs
#   my $sql = $shown->take(qr/cron\.schedule/);    the text of the one like that
#   $shown->all_taken;                             a test point: none is left
#   sql_of('README.md', qr/MATERIALIZED VIEW/);    the text of any one block
package IntentPages;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(pages blocks sql_of);

sub pages { return ('README.md', 'SECURITY.md', 'CONTRIBUTING.md', sort glob 'docs/*.md'); }

# The blocks of a page. The one of no language that follows one of sql is its output.
sub blocks
{
	my ($page) = @_;
	my ($line, $note, $block, $last, @found) = (0, '');
	for (split /\n/, slurp_file($page))
	{
		$line++;
		if ($block)
		{
			if (!/^```$/) { $block->{text} .= "$_\n"; next; }
			$block->{lines} = $line - $block->{line} - 1;
			$last->{output} = $block if $block->{lang} eq '' && $last && $last->{lang} eq 'sql';
			push @found, $block;
			($last, $block, $note) = ($block, undef, '');
		}
		elsif (/^```(\w*)$/) { $block = { page => $page, lang => $1, text => '', line => $line, note => $note }; }
		elsif (/^<!-- (.*) -->$/) { $note = $1; $last = undef; }
		elsif (/\S/) { $note = ''; $last = undef; }
	}
	return @found;
}

sub only
{
	my ($like, @from) = @_;
	my @found = grep { $_->{text} =~ $like } @from;
	die scalar(@found) . " blocks are like $like, not one\n" if @found != 1;
	return $found[0];
}

sub sql_of
{
	my ($page, $like) = @_;
	return only($like, grep { $_->{lang} eq 'sql' } blocks($page))->{text};
}

sub new
{
	my ($class, $test) = @_;
	return bless { test => $test, left => [ grep { $_->{note} eq "run by $test" } map { blocks($_) } pages() ] }, $class;
}

# In a list the text and the output that the page shows.
sub take
{
	my ($self, $like) = @_;
	my $block = only($like, @{ $self->{left} });
	$self->{left} = [ grep { $_ != $block } @{ $self->{left} } ];
	return wantarray ? ($block->{text}, $block->{output}{text}) : $block->{text};
}

sub all_taken
{
	my ($self) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is(join(' ', map { "$_->{page}:$_->{line}" } @{ $self->{left} }), '', "each block of the pages that $self->{test} should run has been run");
}

1;
