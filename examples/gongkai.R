# Asks a Gongkai server from R: a canned query, SPARQL, an office sheet. Needs the packages httr2 and readr.
#   Rscript examples/gongkai.R http://127.0.0.1:8000
# 用 R 查询“公开”服务：预设查询、SPARQL、部门表。

library(httr2)
library(readr)

arguments <- commandArgs(trailingOnly = TRUE)
server <- if (length(arguments)) arguments[[1]] else "http://127.0.0.1:8000"

ask <- function(path, ...) {
  answer <- request(paste0(server, path)) |>
    req_url_query(..., .multi = "explode") |>
    req_headers(Accept = "text/csv") |>
    req_error(body = function(resp) resp_body_json(resp, check_type = FALSE)$detail) |>
    req_retry(max_tries = 4) |>
    req_perform()
  read_csv(resp_body_string(answer), show_col_types = FALSE)
}

# Which offices fund free inspection of containers, how much, and where it says so.
funding <- ask("/queries/offices-funding-service.csv", service = "free-inspection")
print(funding[, c("agencyLabel", "year", "amount", "evidence")])

# Total expenditure of all offices, in yuan, by SPARQL.
totals <- ask("/sparql", query = "
  PREFIX gk: <https://w3id.org/gongkai/ontology#>
  SELECT ?agency ?year ?yuan WHERE {
    ?value a gk:StandardValue ; gk:quantity <https://w3id.org/gongkai/id/quantity/expenditure-total> ;
           gk:agency ?agency ; gk:year ?year ; gk:acceptedAmount ?yuan .
  } ORDER BY ?agency ?year")
print(totals)
print(tapply(totals$yuan, totals$year, sum))
