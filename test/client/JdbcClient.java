/*
 * Reads an intent table through JDBC; prints a line for each thing that it has
 * seen.  Arguments: URL, user, topic.  Run as "java -cp postgresql.jar JdbcClient.java ...".
 */
import java.sql.*;

public class JdbcClient {
    static final String SUM =
        "SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = ? AND intent_score >= ?) a";

    static void say(Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words)
            line.append(line.length() > 0 ? " " : "").append(word);
        System.out.println(line);
    }

    /* The driver prepares a statement on the server from the fifth execution on. */
    static void prepared(Connection c, int topic) throws SQLException {
        PreparedStatement s = c.prepareStatement(SUM);
        long first = -1;
        boolean same = true;
        for (int i = 0; i < 8; i++) {
            s.setInt(1, topic);
            s.setInt(2, 50);
            ResultSet r = s.executeQuery();
            r.next();
            same &= first < 0 || first == r.getLong(1);
            first = r.getLong(1);
        }
        say("jdbc-prepared", same, first);
    }

    /* With a fetch size and without autocommit rows come through a portal, some at a time. */
    static void portal(Connection c, int topic, int stop) throws SQLException {
        c.setAutoCommit(false);
        PreparedStatement s = c.prepareStatement("SELECT hem, intent_score, data_date FROM intent.audience WHERE topic_id = ?");
        s.setFetchSize(40);
        s.setInt(1, topic);
        ResultSet r = s.executeQuery();
        int read = 0;
        while (read < stop && r.next()) {
            r.getString(1);
            r.getInt(2);
            r.getDate(3);
            read++;
        }
        say("jdbc-portal", read);
        c.rollback();
        c.setAutoCommit(true);
    }

    static void metadata(Connection c) throws SQLException {
        ResultSet r = c.getMetaData().getTables(null, "intent", "audience", null);
        r.next();
        say("jdbc-table", r.getString("TABLE_TYPE").replace(' ', '_'));
        r = c.getMetaData().getColumns(null, "intent", "audience", "intent_score");
        r.next();
        say("jdbc-column", r.getString("TYPE_NAME"));
        r = c.createStatement().executeQuery("SELECT * FROM intent.audience WHERE false");
        say("jdbc-probe", r.getMetaData().getColumnCount() > 50, r.next());
    }

    static void failure(Connection c) throws SQLException {
        try {
            c.createStatement().executeQuery("SELECT hem FROM intent.audience");
            say("jdbc-error", "none");
        } catch (SQLException e) {
            say("jdbc-error", e.getSQLState());
        }
    }

    public static void main(String[] args) throws SQLException {
        int topic = Integer.parseInt(args[2]);
        try (Connection c = DriverManager.getConnection(args[0], args[1], "")) {
            prepared(c, topic);
            metadata(c);
            failure(c);
            portal(c, topic, Integer.MAX_VALUE);
            portal(c, topic, 130);
        }
    }
}
