"""Documents put on paper: Word, PDF and workbooks, as Nghị định 30/2020/NĐ-CP lays them out."""
