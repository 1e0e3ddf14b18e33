import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** v2 as an app asks it: everything in the query of a POST without a body, a status a second, strict about 200. */
public class Jobs {
    static String call(String method, String address) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(address).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Accept", "application/json");
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException(method + " " + address + ": " + connection.getResponseCode());
        }
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    static String value(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!found.find()) throw new IllegalStateException("no " + name + " in " + json);
        return found.group(1);
    }

    public static void main(String[] args) throws Exception {
        String base = args[0], token = args[1];
        String term = URLEncoder.encode("galaxy s3", StandardCharsets.UTF_8);
        String job = value(call("POST", base + "/v2/jobs?token=" + token + "&source=google_shopping&country=fr"
                + "&topic=product_and_offers&key=term&values=" + term), "job_id");
        String status;
        do {
            status = value(call("GET", base + "/v2/jobs/" + job + "?token=" + token), "status");
            Thread.sleep(20);
        } while (!status.equals("finished"));
        // This one mixes the versions: made by v2, downloaded by v1.
        System.out.println(value(call("GET", base + "/products/bulk/" + job + "?token=" + token), "price"));
        System.out.println(value(call("GET", base + "/v2/jobs/" + job + "/download?token=" + token), "price"));
    }
}
