<?php
// v1 by curl's PHP binding: a multipart form (an array of fields is one), the token beside it, results as XML.
[, $base, $token] = $argv;

function call(string $url, ?array $fields = null): string
{
    $curl = curl_init($url);
    curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
    curl_setopt($curl, CURLOPT_FAILONERROR, true);
    if ($fields !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, $fields);
    }
    $answer = curl_exec($curl);
    if ($answer === false) {
        throw new RuntimeException($url . ': ' . curl_error($curl));
    }
    return $answer;
}

$job = ['token' => $token, 'source' => 'google-shopping', 'country' => 'uk', 'key' => 'keyword', 'values' => 'coffee'];
$created = json_decode(call("$base/jobs", $job), true, 512, JSON_THROW_ON_ERROR);
if (isset($created['success'])) {
    throw new RuntimeException($created['reason']);
}
do {
    usleep(50000);
    $status = json_decode(call("$base/jobs/{$created['job_id']}?token=$token"), true, 512, JSON_THROW_ON_ERROR);
} while ($status['status'] !== 'finished');
$xml = new SimpleXMLElement(call("$base/products/bulk/{$created['job_id']}.xml?token=$token"));
echo $xml->products->product[0]->name, "\n";
