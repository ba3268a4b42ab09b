-- reseller: revenue
SELECT
  "m"."place",
  "s"."o",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL AND (
    COALESCE("f"."channel", 'direct') <> 'demo'
  )
GROUP BY
  "m"."place",
  "s"."o"

-- reseller: previous_revenue
SELECT
  "m"."place",
  "s"."o",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL AND (
    COALESCE("f"."channel", 'direct') <> 'demo'
  )
GROUP BY
  "m"."place",
  "s"."o"

-- reseller: storage_revenue
SELECT
  "m"."place",
  "s"."o",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
LEFT JOIN "ref_product" AS "f>product_id"
  ON "f>product_id"."product_id" = "f"."product_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL
  AND (
    (
      "f>product_id"."category" = 'Storage'
    )
    AND (
      COALESCE("f"."channel", 'direct') <> 'demo'
    )
  )
GROUP BY
  "m"."place",
  "s"."o"

-- reseller: emerging_revenue
SELECT
  "m"."place",
  "s"."o",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
LEFT JOIN "partner" AS "p"
  ON "p"."partner_id" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL AND (
    "p"."country_group" = 'emerging'
  )
GROUP BY
  "m"."place",
  "s"."o"

-- reseller: active_months
SELECT
  "m"."place",
  "s"."o",
  COUNT(
    DISTINCT CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 12 + (
        EXTRACT(MONTH FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0))
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL
  AND (
    CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2)) > CAST(0 AS DECIMAL(1, 0))
  )
GROUP BY
  "m"."place",
  "s"."o"

-- reseller: average_order
-- walked fact by fact

-- reseller: best_quarter
SELECT
  "g"."place",
  "g"."o",
  MAX("g"."a0") AS "a0"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 4 + (
        EXTRACT(QUARTER FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0)) AS "k0",
    COALESCE(
      SUM(
        CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
      ),
      0
    ) AS "a0"
  FROM "fact_sales" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
  LEFT JOIN "rate" AS "rate>amount"
    ON "rate>amount"."currency" = "f"."currency"
    AND "rate>amount"."day" = "f"."order_date"
  WHERE
    "f"."_aside" IS NULL
    AND NOT (
      CAST((
        EXTRACT(YEAR FROM "f"."order_date") * 4 + (
          EXTRACT(QUARTER FROM "f"."order_date") - 1
        )
      ) AS DECIMAL(6, 0))
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 4 + (
        EXTRACT(QUARTER FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0))
) AS g
GROUP BY
  "g"."place",
  "g"."o"

-- reseller: strong_branches
SELECT
  "g"."place",
  "g"."o",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    "m"."branch" AS "k0",
    COALESCE(
      SUM(
        CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
      ),
      0
    ) AS "a0"
  FROM "fact_sales" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
  LEFT JOIN "rate" AS "rate>amount"
    ON "rate>amount"."currency" = "f"."currency"
    AND "rate>amount"."day" = "f"."order_date"
  WHERE
    "f"."_aside" IS NULL AND NOT (
      "m"."branch"
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    "m"."branch"
) AS g
WHERE
  (
    "g"."a0" >= CAST(20000 AS DECIMAL(5, 0))
  )
GROUP BY
  "g"."place",
  "g"."o"

-- reseller: certified_people
-- walked fact by fact

-- reseller: senior_people
-- walked fact by fact

-- reseller: deals_won
SELECT
  "m"."place",
  "s"."o",
  COUNT(*) AS "a0"
FROM "fact_deals" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."closed_at" >= "s"."low" AND "f"."closed_at" <= "s"."high"
WHERE
  "f"."_aside" IS NULL AND (
    "f"."status" = 'won'
  )
GROUP BY
  "m"."place",
  "s"."o"

-- reseller: deals_decided
SELECT
  "m"."place",
  "s"."o",
  COUNT(*) AS "a0"
FROM "fact_deals" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."closed_at" >= "s"."low" AND "f"."closed_at" <= "s"."high"
WHERE
  "f"."_aside" IS NULL AND (
    "f"."status" = 'won' OR "f"."status" = 'lost'
  )
GROUP BY
  "m"."place",
  "s"."o"

-- reseller: deal_value
SELECT
  "m"."place",
  "s"."o",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."deal_amount" AS DECIMAL(38, 2)) * "rate>deal_amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_deals" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."closed_at" >= "s"."low" AND "f"."closed_at" <= "s"."high"
LEFT JOIN "rate" AS "rate>deal_amount"
  ON "rate>deal_amount"."currency" = "f"."currency"
  AND "rate>deal_amount"."day" = "f"."registered_on"
WHERE
  "f"."_aside" IS NULL AND (
    "f"."status" = 'won'
  )
GROUP BY
  "m"."place",
  "s"."o"

-- services: recurring_fee
SELECT
  "m"."place",
  "s"."o",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."monthly_fee" AS DECIMAL(38, 2)) * "rate>monthly_fee"."rate", 2) AS DECIMAL(7, 2))
    ),
    0
  ) AS "a0"
FROM "fact_contracts" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."signed_on" >= "s"."low"
  AND "f"."signed_on" <= "s"."high"
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= "s"."holds"
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > "s"."holds"
  )
LEFT JOIN "rate" AS "rate>monthly_fee"
  ON "rate>monthly_fee"."currency" = 'USD'
  AND "rate>monthly_fee"."day" = "f"."signed_on"
WHERE
  "f"."_aside" IS NULL
GROUP BY
  "m"."place",
  "s"."o"

-- services: sites_in_care
SELECT
  "m"."place",
  "s"."o",
  COUNT(DISTINCT "f"."site") AS "a0"
FROM "fact_contracts" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."signed_on" >= "s"."low"
  AND "f"."signed_on" <= "s"."high"
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= "s"."holds"
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > "s"."holds"
  )
WHERE
  "f"."_aside" IS NULL
GROUP BY
  "m"."place",
  "s"."o"

-- services: site_points
SELECT
  "g"."place",
  "g"."o",
  COALESCE(
    SUM(
      CASE
        WHEN "g"."a0" IS NULL OR CAST(100 AS DECIMAL(3, 0)) IS NULL
        THEN NULL
        ELSE CASE
          WHEN "g"."a0" IS NULL OR CAST(100 AS DECIMAL(3, 0)) IS NULL
          THEN NULL
          ELSE LEAST("g"."a0", CAST(100 AS DECIMAL(3, 0)))
        END
      END
    ),
    0
  ) AS "a0"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    "f"."site" AS "k0",
    COALESCE(SUM("f"."points"), 0) AS "a0"
  FROM "fact_activities" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."done_on" >= "s"."low" AND "f"."done_on" <= "s"."high"
  WHERE
    "f"."_aside" IS NULL
    AND (
      "f"."kind" <> 'training'
    )
    AND NOT (
      "f"."site"
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    "f"."site"
) AS g
GROUP BY
  "g"."place",
  "g"."o"

-- services: training_points
SELECT
  "m"."place",
  "s"."o",
  COALESCE(SUM("f"."points"), 0) AS "a0"
FROM "fact_activities" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."done_on" >= "s"."low" AND "f"."done_on" <= "s"."high"
WHERE
  "f"."_aside" IS NULL AND (
    "f"."kind" = 'training'
  )
GROUP BY
  "m"."place",
  "s"."o"

-- services: month_points
SELECT
  "m"."place",
  "s"."o",
  COALESCE(SUM("f"."points"), 0) AS "a0"
FROM "fact_activities" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."done_on" >= "s"."low" AND "f"."done_on" <= "s"."high"
WHERE
  "f"."_aside" IS NULL
GROUP BY
  "m"."place",
  "s"."o"

-- services: service_revenue
SELECT
  "m"."place",
  "s"."o",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ) FILTER(WHERE
      (
        "f>product_id"."category" = 'Services'
        OR "f>product_id"."category" = 'Monitoring'
      )),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
LEFT JOIN "ref_product" AS "f>product_id"
  ON "f>product_id"."product_id" = "f"."product_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL
GROUP BY
  "m"."place",
  "s"."o"

-- services: last_quarter_revenue
SELECT
  "m"."place",
  "s"."o",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL
GROUP BY
  "m"."place",
  "s"."o"

-- services: typical_line
-- walked fact by fact

-- services: operations.technicians
SELECT
  "g"."place",
  "g"."o",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    "f"."person" AS "k0",
    COUNT(DISTINCT "f"."exam") AS "a0"
  FROM "fact_certificates" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."valid_from" >= "s"."low"
    AND "f"."valid_from" <= "s"."high"
    AND (
      "f"."valid_from" IS NULL OR "f"."valid_from" <= "s"."holds"
    )
    AND (
      "f"."valid_until" IS NULL OR "f"."valid_until" > "s"."holds"
    )
  WHERE
    "f"."_aside" IS NULL
    AND (
      "f"."exam" = 'OM-1' OR "f"."exam" = 'OM-2' OR "f"."exam" = 'OM-3'
    )
    AND NOT (
      "f"."person"
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    "f"."person"
) AS g
WHERE
  (
    "g"."a0" >= CAST(2 AS DECIMAL(1, 0))
  )
GROUP BY
  "g"."place",
  "g"."o"

-- services: storage.storage_people
SELECT
  "m"."place",
  "s"."o",
  COUNT(DISTINCT "f"."person") AS "a0"
FROM "fact_certificates" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."valid_from" >= "s"."low"
  AND "f"."valid_from" <= "s"."high"
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= "s"."holds"
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > "s"."holds"
  )
WHERE
  "f"."_aside" IS NULL AND (
    "f"."exam" = 'ST-200'
  )
GROUP BY
  "m"."place",
  "s"."o"

-- services: storage.commissioned
SELECT
  "m"."place",
  "s"."o",
  COUNT(DISTINCT "f"."site") AS "a0"
FROM "fact_activities" AS "f"
INNER JOIN "member" AS "m"
  ON "m"."partner" = "f"."partner_id"
INNER JOIN "span" AS "s"
  ON "f"."done_on" >= "s"."low" AND "f"."done_on" <= "s"."high"
WHERE
  "f"."_aside" IS NULL AND (
    "f"."kind" = 'commissioning'
  )
GROUP BY
  "m"."place",
  "s"."o"

