"""BankChurners: card customers of a bank, of whom one in six closed the card. Totals of the same year, so no early warning."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.backtest.data_sets import DataSet, flags, matrix, read, steps

EXCLUDED = {
    "CLIENTNUM": "a number without meaning",
    "Naive_Bayes_Classifier_…": "another model's answer that holds the truth (two columns; this copy has none)",
}
FEATURES = {
    "age": "Customer_Age",
    "woman": "Gender = 'F'",
    "dependents": "Dependent_count",
    "education": steps("Education_Level", ["Uneducated", "High School", "College", "Graduate", "Post-Graduate", "Doctorate"]),
    **flags("Marital_Status", ["Married", "Single", "Divorced"], "marital"),
    "income": steps("Income_Category", ["Less than $40K", "$40K - $60K", "$60K - $80K", "$80K - $120K", "$120K +"]),
    "card": steps("Card_Category", ["Blue", "Silver", "Gold", "Platinum"]),
    "months_on_book": "Months_on_book",
    "products": "Total_Relationship_Count",
    "months_inactive": "Months_Inactive_12_mon",
    "contacts": "Contacts_Count_12_mon",
    "limit": "Credit_Limit",
    "revolving": "Total_Revolving_Bal",
    "open_to_buy": "Avg_Open_To_Buy",
    "amount_change": "Total_Amt_Chng_Q4_Q1",
    "amount": "Total_Trans_Amt",
    "count": "Total_Trans_Ct",
    "count_change": "Total_Ct_Chng_Q4_Q1",
    "utilisation": "Avg_Utilization_Ratio",
    "amount_each": "Total_Trans_Amt / nullif(Total_Trans_Ct, 0)",
    "count_a_month_active": "Total_Trans_Ct / (12.0 - Months_Inactive_12_mon + 1)",
    "amount_of_limit": "Total_Trans_Amt / nullif(Credit_Limit, 0)",
    "change_of_amount_each": "Total_Amt_Chng_Q4_Q1 / nullif(Total_Ct_Chng_Q4_Q1, 0)",
}


def load(folder: Path) -> DataSet:
    """10,127 rows."""
    path = folder / "churn" / "BankChurners.csv.gz"
    columns = read(path, FEATURES, EXCLUDED, "Attrition_Flag = 'Attrited Customer'")
    return DataSet(
        name="BankChurners",
        source="Kaggle “Credit Card customers” (CC0)",
        names=tuple(FEATURES),
        features=matrix(columns, list(FEATURES)),
        target=np.asarray(columns["target"]),
        excluded=EXCLUDED,
        public="AUC 0.993, AP 0.969",
        repeats=1,
    )
